/** The newest page of the log stays the newest: its list and the checkpoint beside it are fetched anew while it is looked at. */
const places = ["#log-alarm", "#log-live", ".log__cols>aside"];
const seconds = Number(document.querySelector("#log-live").dataset.tail);

if (seconds) setInterval(refresh, seconds * 1000);

/** Takes the new list unless the page is hidden, or somebody has the keyboard in it. */
async function refresh() {
  const busy = places.some((place) => document.querySelector(place).contains(document.activeElement));
  if (document.hidden || busy) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of places) document.querySelector(place).replaceWith(fresh.querySelector(place));
  } catch {
    // The next turn tries again; the checkpoint's time beside the list tells how old it is.
  }
}

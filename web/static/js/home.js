// The home page renews what moves every half minute: figures, openings, next deadline, notices, results, head of the log.
const EVERY = 30_000;
const PARTS = ["figures", "quick", "openings", "next", "notices", "results", "log"];

async function renew() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of PARTS) replace(document.getElementById(id), fresh.getElementById(id));
}

function replace(old, fresh) {
  // What somebody stands in with the keyboard is left alone until they have gone on.
  if (!old || !fresh || old.contains(document.activeElement) || same(old, fresh)) return;
  old.replaceWith(document.importNode(fresh, true));
}

function same(old, fresh) {
  return still(old) === still(fresh);
}

function still(part) {
  const copy = part.cloneNode(true);
  for (const moving of copy.querySelectorAll("count-down")) moving.textContent = "";
  return copy.innerHTML;
}

setInterval(renew, EVERY);

// Searches that somebody saved, in this browser alone: the address and what it was called.
const PLACE = "openhall.searches";
const MOST = 20;
const box = document.getElementById("saved");
const save = document.getElementById("save");
const words = save?.querySelector("span");
const offered = words?.textContent;

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => /^(\/en)?\/notices\?/.test(one?.path) && typeof one.label === "string") : [];
  } catch {
    return [];
  }
}

function keep(searches) {
  localStorage.setItem(PLACE, JSON.stringify(searches.slice(0, MOST)));
  show();
}

function show() {
  const searches = kept();
  box.hidden = searches.length === 0;
  box.querySelector("ul").replaceChildren(...searches.map(line));
  if (save) {
    save.disabled = searches.some((one) => one.path === save.dataset.path);
    words.textContent = save.disabled ? save.dataset.saved : offered;
  }
}

function line(search) {
  const link = Object.assign(document.createElement("a"), { href: search.path, textContent: search.label });
  const forget = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--sm btn--quiet", textContent: "×" });
  forget.setAttribute("aria-label", `${box.dataset.remove} ${search.label}`);
  forget.addEventListener("click", () => keep(kept().filter((one) => one.path !== search.path)));
  const item = document.createElement("li");
  item.append(link, forget);
  return item;
}

if (save) {
  save.hidden = false;
  save.addEventListener("click", () => {
    const { path, label } = save.dataset;
    keep([{ path, label }, ...kept().filter((one) => one.path !== path)]);
  });
}
show();

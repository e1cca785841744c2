/* The table of contents a PDF brings, beside its pages: nested, folded below the second level, page numbers as they are found. */

const MOST = 400;

/* Fill a list; `go(page)` is called with a page. Returns whether there is anything. */
export async function outlined(list, pdf, go, words) {
  const tree = await pdf.getOutline().catch(() => null);
  list.replaceChildren();
  if (!tree?.length) return false;
  const waiting = [];
  list.append(...tree.map((one) => entry(one, 0, pdf, go, words, waiting)).filter(Boolean));
  numbered(waiting.slice(0, MOST), pdf);
  return waiting.length > 0;
}

function entry(one, level, pdf, go, words, waiting) {
  if (waiting.length >= 4 * MOST || (!one.dest && !one.items?.length)) return null;
  const item = document.createElement("li");
  const row = document.createElement("div");
  const button = document.createElement("button");
  const page = document.createElement("span");
  row.className = "outline__row";
  button.type = "button";
  button.className = "outline__go";
  page.className = "num meta";
  button.append(Object.assign(document.createElement("span"), { textContent: one.title.trim() || "–" }), page);
  button.addEventListener("click", async () => {
    const found = await pageOf(one.dest, pdf);
    if (found) go(found);
  });
  waiting.push({ dest: one.dest, page });
  row.append(button);
  item.append(row);
  const inner = (one.items ?? []).map((child) => entry(child, level + 1, pdf, go, words, waiting)).filter(Boolean);
  if (inner.length) unfolding(item, row, inner, level, words(one.title));
  return item;
}

function unfolding(item, row, inner, level, label) {
  const list = document.createElement("ul");
  const turn = document.createElement("button");
  list.append(...inner);
  list.hidden = level > 0;
  turn.type = "button";
  turn.className = "outline__turn";
  turn.setAttribute("aria-label", label);
  turn.setAttribute("aria-expanded", String(!list.hidden));
  turn.addEventListener("click", () => {
    list.hidden = !list.hidden;
    turn.setAttribute("aria-expanded", String(!list.hidden));
  });
  row.prepend(turn);
  item.append(list);
}

async function numbered(waiting, pdf) {
  for (const { dest, page } of waiting) {
    const found = await pageOf(dest, pdf);
    page.textContent = found ?? "";
  }
}

async function pageOf(dest, pdf) {
  try {
    const place = typeof dest === "string" ? await pdf.getDestination(dest) : dest;
    const [target] = place ?? [];
    if (Number.isInteger(target)) return target + 1;
    return target ? (await pdf.getPageIndex(target)) + 1 : null;
  } catch {
    return null;
  }
}

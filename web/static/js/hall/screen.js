/* The hall screen's prices in pages that turn by themselves: nobody stands there to scroll. A new price turns to the last page.
   What the live page swaps in, and a note that takes room from the prices, leaves the page that is shown. */

const SECOND = 1_000;
let [count, place, due] = [0, 0, 0];

function turn() {
  const pages = document.querySelector("[data-turn]");
  if (!pages) return;
  const [all, now] = [pages.children.length, performance.now()];
  const told = Number(pages.dataset.count);
  if (told > count || now >= due) {
    if (count) place = told > count ? all - 1 : (place + 1) % all;
    [count, due] = [told, now + Number(pages.dataset.turn) * SECOND];
  }
  pages.scrollTop = place * pages.clientHeight;
}

setInterval(turn, SECOND / 2);

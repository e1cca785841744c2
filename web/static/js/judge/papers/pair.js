/* Two bids side by side: where wished, a page turned in one is turned in the other, as far apart as they stood. */

const [left, right] = document.querySelectorAll("bid-papers");
const linked = document.getElementById("linked");
let apart = 0;
let leading = null;

function follow(from, other) {
  from.addEventListener("page-shown", ({ detail }) => {
    if (!linked.checked || leading === other || !from.shown.part) return;
    if (other.shown.part !== detail.part && !other.parts.some(({ part }) => part === detail.part)) return;
    leading = from;
    other.show(detail.part, detail.page + (from === left ? apart : -apart)).finally(() => setTimeout(() => (leading = null), 150));
  });
}

linked.addEventListener("change", () => {
  apart = right.shown.part === left.shown.part ? right.shown.page - left.shown.page : 0;
});
follow(left, right);
follow(right, left);

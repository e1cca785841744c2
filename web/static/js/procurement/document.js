// The builder while one types: the running total, only the fields that the price rule has, the draft kept by itself.
const form = document.getElementById("builder");
const kind = document.getElementById("price-kind");
const output = form.querySelector("[data-total]");
const state = form.querySelector("[data-state]");
const QUIET = 1000;

// Exact: decimals as whole numbers of millionths.
const MICRO = 1_000_000n;
function micro(text) {
  const found = /^(\d{1,9})(?:\.(\d{1,6}))?$/u.exec(text.trim());
  return found ? BigInt(found[1]) * MICRO + BigInt((found[2] ?? "").padEnd(6, "0")) : 0n;
}
const plain = (sum) => {
  const rest = String(sum % MICRO).padStart(6, "0").replace(/0+$/u, "");
  return String(sum / MICRO) + (rest ? `.${rest}` : "");
};

function showFitting() {
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind.value);
}

// What the items of one part give together.
function sumOf(part) {
  let sum = 0n;
  for (const choice of form.querySelectorAll('select[name^="item-"][name$="-group"]')) {
    if (choice.value === part) sum += micro(form.elements[choice.name.replace(/group$/u, "max")].value);
  }
  return sum;
}

function showTotal() {
  const unscored = kind.value === "lowest_evaluated";
  let sum = 0n;
  for (const field of form.querySelectorAll("[data-points]")) {
    if (!(unscored && field.dataset.points === "price")) sum += micro(field.value);
  }
  for (const part of form.querySelectorAll("[data-part]")) part.textContent = plain(sumOf(part.dataset.part));
  const price = form.querySelector("[data-part-price]");
  if (price) price.textContent = form.querySelector('[name="price-weight"]').value;
  const right = unscored ? sum === 0n : sum === BigInt(output.dataset.full) * MICRO;
  const text = unscored && right ? output.dataset.unscored : output.dataset[right ? "right" : "wrong"].replace("{n}", plain(sum));
  if (output.value !== text) output.value = text;
  output.parentElement.toggleAttribute("data-right", right);
}

let waiting = null;
async function keep() {
  const body = new URLSearchParams(new FormData(form));
  body.set("action", "save");
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      body,
      redirect: "manual",
      headers: { accept: "application/json", "X-CSRF-Token": document.querySelector('meta[name="form-token"]').content },
    });
    state.textContent = answer.type === "opaqueredirect" ? form.dataset.saved : form.dataset.failed;
  } catch {
    state.textContent = form.dataset.failed;
  }
}

form.addEventListener("input", () => {
  showFitting();
  showTotal();
  clearTimeout(waiting);
  waiting = setTimeout(keep, QUIET);
});
form.addEventListener("submit", () => clearTimeout(waiting));
showFitting();
showTotal();

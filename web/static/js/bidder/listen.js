/* A typed question read aloud by one fixed synthetic voice: whoever asked it gives away neither voice nor rhythm. */

const there = "speechSynthesis" in window;

/* Always the same on one machine: the first Chinese voice by name that needs no network, else the first at all. */
function voice() {
  const chinese = there ? speechSynthesis.getVoices().filter(({ lang }) => /^(zh|cmn)/i.test(lang)) : [];
  const order = (one) => `${one.localService ? 0 : 1} ${one.name}`;
  return chinese.sort((one, two) => (order(one) < order(two) ? -1 : 1))[0] ?? null;
}

function offer() {
  for (const box of document.querySelectorAll(".listen")) {
    const found = voice();
    box.hidden = false;
    box.querySelector("button").hidden = !found;
    box.querySelector("[role=status]").textContent = found ? "" : box.dataset.none;
  }
}

function turn(button) {
  const words = button.querySelector("span");
  button.dataset.start ??= words.textContent;
  const on = button.getAttribute("aria-pressed") !== "true";
  speechSynthesis.cancel();
  const show = (reading) => {
    button.setAttribute("aria-pressed", String(reading));
    words.textContent = reading ? button.dataset.stop : button.dataset.start;
  };
  show(on);
  if (!on) return;
  const said = new SpeechSynthesisUtterance(button.dataset.listen);
  Object.assign(said, { voice: voice(), lang: "zh-CN", rate: 1, pitch: 1, onend: () => show(false), onerror: () => show(false) });
  speechSynthesis.speak(said);
}

offer();
if (there) speechSynthesis.addEventListener("voiceschanged", offer);
for (const button of document.querySelectorAll("[data-listen]")) button.addEventListener("click", () => turn(button));

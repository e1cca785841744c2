/* Announces prices aloud 唱标: each bid once, in the order of its opening, also those that come later. The text stays; without
   a voice for the page's language that is said in words, and a person announces. */

const AGAIN = 500;
const box = document.getElementById("speech");
const button = box?.querySelector("button");
const done = new Set();
let speaking = false;

function voice() {
  const wanted = box.dataset.lang.slice(0, 2);
  return speechSynthesis.getVoices().find(({ lang }) => lang.slice(0, 2).toLowerCase() === wanted) ?? null;
}

function offer() {
  const there = voice() !== null;
  box.hidden = false;
  button.hidden = !there;
  box.querySelector("[role=status]").textContent = there ? "" : box.dataset.none;
}

/* What is announced and not said yet; a bid that opens after all is said anew. */
const waiting = () => [...document.querySelectorAll("[data-say]")].map(({ dataset }) => dataset.say).filter((text) => !done.has(text));

function announce() {
  if (!speaking) return;
  for (const text of waiting()) {
    done.add(text);
    const said = new SpeechSynthesisUtterance(text);
    [said.voice, said.lang, said.rate] = [voice(), box.dataset.lang, 0.9];
    speechSynthesis.speak(said);
  }
}

function turn() {
  speaking = !speaking;
  button.setAttribute("aria-pressed", String(speaking));
  button.querySelector("span").textContent = speaking ? button.dataset.stop : button.dataset.start;
  if (!speaking) {
    speechSynthesis.cancel();
    done.clear();
  }
  announce();
}

if (box && "speechSynthesis" in window) {
  offer();
  speechSynthesis.addEventListener("voiceschanged", offer);
  button.addEventListener("click", turn);
  setInterval(announce, AGAIN);
} else if (box) {
  box.hidden = false;
  box.querySelector("[role=status]").textContent = box.dataset.none;
}

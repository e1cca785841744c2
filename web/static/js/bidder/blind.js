/* What of a file chosen for a blind part would tell whose it is, in words beside the files; nothing is refused for it. */

import { inspect } from "./inspecting.js";

export class Blind {
  #words;
  #told;
  #list = document.getElementById("blind-findings");

  constructor(root, words) {
    this.#words = words;
    const blind = JSON.parse(root.dataset.blind);
    this.#told = [root.dataset.company, root.dataset.creditCode];
    if (!blind.length) return;
    for (const part of blind) {
      document.getElementById(`slot-${part}`)?.addEventListener("took", ({ detail }) => this.#look(detail));
    }
  }

  async #look(file) {
    const line = document.getElementById("blind-line");
    line.textContent = this.#words.say("blind-looking", { name: file.name });
    const found = await inspect(file, this.#told).catch(() => null);
    this.#list.querySelector("ul").replaceChildren(...(found ?? []).map((one) => this.#row(one)));
    this.#list.hidden = !found?.length;
    const said = found === null ? "blind-unread" : found.length ? "blind-found" : "blind-nothing";
    line.textContent = this.#words.say(said, { name: file.name, n: found?.length });
    if (found?.length) document.getElementById("blind").scrollIntoView({ block: "nearest" });
  }

  #row({ code, facts }) {
    const row = document.createElement("li");
    row.textContent = this.#words.say(`blind-${code}`, facts);
    return row;
  }
}

/* The step of sealing: everything complete, a passphrase for the kit, then the Worker seals. */

import { Problem } from "../seal/problem.js";

const SHORTEST = 8;

export class Seal {
  #room;
  #busy = false;

  constructor(room) {
    this.#room = room;
    this.progress = room.progress("seal", { pause: () => room.sealing.pause(), go: () => room.sealing.continue() });
    this.first = document.getElementById("passphrase");
    this.second = document.getElementById("passphrase-again");
    document.getElementById("seal-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#seal();
    });
    document.getElementById("anew-button").addEventListener("click", () => this.#anew());
    document.getElementById("show-passphrase").addEventListener("click", ({ currentTarget }) => this.#show(currentTarget));
  }

  paint() {
    const { locked, plan } = this.#room;
    document.getElementById("seal-fields").hidden = locked;
    document.getElementById("seal-button").hidden = locked;
    document.getElementById("anew-button").hidden = !locked || this.#room.handing.busy;
    document.querySelector("#seal-form .consequence").hidden = locked;
    const anew = document.getElementById("files-line");
    anew.hidden = this.#busy || locked || !plan.anew;
    if (plan.anew) anew.textContent = this.#room.words.say(plan.anew);
  }

  /* Everything that keeps the bid from being sealed, in the order of the page. */
  #refused() {
    const { draft, consortium, slots } = this.#room;
    const found = [...(draft?.refused() ?? []), ...(consortium?.refused() ?? []), ...slots.refused()];
    if ([...this.first.value].length < SHORTEST) found.push({ error: new Problem("room.passphrase-short"), field: "passphrase" });
    else if (this.first.value !== this.second.value) {
      found.push({ error: new Problem("room.passphrase-differs"), field: "passphrase-again" });
    }
    return found;
  }

  async #seal() {
    const { refusals, sealing, draft } = this.#room;
    const refused = this.#refused();
    refusals.show(refused);
    draft?.speak();
    if (refused.length || this.#busy) return;
    this.#work(true);
    try {
      if (draft?.complete) await this.#chooseForms();
      await sealing.seal(this.first.value);
      this.first.value = this.second.value = "";
      this.#room.paint();
      document.getElementById("kit-title").focus();
    } catch (error) {
      this.#room.refuse(error);
    } finally {
      this.#work(false);
    }
  }

  async #anew() {
    try {
      const { sealing, draft } = this.#room;
      if (draft) await this.#chooseForms();
      else await sealing.cancel();
      this.#room.paint();
      document.getElementById("form-title")?.focus();
    } catch (error) {
      this.#room.refuse(error);
    }
  }

  async #chooseForms() {
    const { sealing, draft, consortium } = this.#room;
    for (const [part, bytes] of draft.forms(consortium?.value)) await sealing.choose(part, bytes, { replace: true });
  }

  #work(busy) {
    this.#busy = busy;
    this.progress.show(busy);
    for (const id of ["seal-fields", "seal-button", "form-fields", "consortium-fields", "file-fields"]) {
      const part = document.getElementById(id);
      if (part) part.disabled = busy || (id !== "seal-button" && id !== "seal-fields" && this.#room.locked);
    }
  }

  #show(button) {
    const shown = this.first.type === "password";
    for (const input of [this.first, this.second]) input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", `${shown}`);
    button.querySelector("span").textContent = this.#room.words.say(shown ? "shown" : "hidden");
  }
}

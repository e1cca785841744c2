/* The rehearsal: the kit is saved, read back with its passphrase, and the platform notes that it was. */

import { Problem } from "../seal/problem.js";

export class Kit {
  #room;
  #url = null;

  constructor(room) {
    this.#room = room;
    document.getElementById("kit-save").addEventListener("click", ({ currentTarget }) => this.#save(currentTarget));
    for (const [prefix, next] of [["kit", () => this.#go()], ["recheck", () => this.#rechecked()]]) {
      document.getElementById(`${prefix}-form`).addEventListener("submit", (event) => {
        event.preventDefault();
        this.#readBack(prefix, next);
      });
    }
  }

  paint() {
    const { locked, plan, words } = this.#room;
    document.getElementById("kit-later").hidden = locked;
    document.getElementById("kit-form").hidden = !locked;
    document.getElementById("kit-save").hidden = !plan.kit;
    const over = plan.rehearsed;
    document.getElementById("kit-fields").hidden = over;
    document.getElementById("kit-button").hidden = over;
    document.getElementById("kit-line").textContent = over ? words.say("done") : "";
  }

  #save(link) {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = URL.createObjectURL(this.#room.sealing.kit());
    link.href = this.#url;
  }

  async #readBack(prefix, next) {
    const { refusals, sealing } = this.#room;
    const place = (name) => document.getElementById(`${prefix}-${name}`);
    const [input, passphrase, button] = ["file", "passphrase", "button"].map(place);
    refusals.clear();
    document.getElementById("recheck-line").textContent = "";
    if (!input.files.length) {
      this.#room.refuse(new Problem("room.kit-missing"), input.id);
      return;
    }
    button.disabled = true;
    try {
      await sealing.rehearse(input.files[0], passphrase.value);
      passphrase.value = "";
      next();
    } catch (error) {
      this.#room.refuse(error, error.code === "kit.passphrase" ? passphrase.id : input.id);
    } finally {
      button.disabled = false;
    }
  }

  #go() {
    this.#room.paint();
    document.getElementById("submit-title").focus();
  }

  #rechecked() {
    document.getElementById("recheck-line").textContent = this.#room.words.say("kit-sound");
  }
}

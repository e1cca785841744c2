/* The rehearsal: the kit is saved, read back with its passphrase, and the platform notes that it was. */

import { Problem } from "../seal/problem.js";

export class Kit {
  #room;
  #url = null;

  constructor(room) {
    this.#room = room;
    document.getElementById("kit-save").addEventListener("click", ({ currentTarget }) => this.#save(currentTarget));
    document.getElementById("kit-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#readBack();
    });
  }

  paint() {
    const { locked, plan, words } = this.#room;
    document.getElementById("kit-later").hidden = locked;
    document.getElementById("kit-form").hidden = !locked;
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

  async #readBack() {
    const { refusals, sealing } = this.#room;
    const [file] = document.getElementById("kit-file").files;
    const passphrase = document.getElementById("kit-passphrase");
    refusals.clear();
    if (!file) {
      this.#room.refuse(new Problem("room.kit-missing"), "kit-file");
      return;
    }
    const button = document.getElementById("kit-button");
    button.disabled = true;
    try {
      await sealing.rehearse(file, passphrase.value);
      passphrase.value = "";
      this.#room.paint();
      document.getElementById("submit-title").focus();
    } catch (error) {
      this.#room.refuse(error, error.code === "kit.passphrase" ? "kit-passphrase" : "kit-file");
    } finally {
      button.disabled = false;
    }
  }
}

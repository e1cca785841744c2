/* Taking over what was sealed elsewhere: the files are looked through here, as the platform will look through them. */

import { Problem } from "../seal/problem.js";

const place = (id) => document.getElementById(id);

export class Elsewhere {
  #room;

  constructor(room) {
    this.#room = room;
    this.busy = false;
    this.progress = room.progress("elsewhere", { pause: () => room.sealing.pause(), go: () => room.sealing.continue() });
    place("elsewhere-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take();
    });
  }

  paint() {
    place("elsewhere").hidden ||= this.#room.locked;
  }

  async #take() {
    const { sealing, refusals } = this.#room;
    const files = [...place("elsewhere-files").files];
    refusals.clear();
    if (!files.length) {
      this.#room.refuse(new Problem("plan.no-manifest"), "elsewhere-files");
      return;
    }
    this.#work(true);
    try {
      await sealing.adopt(files);
      this.#room.paint();
      place("kit-title").focus();
    } catch (error) {
      this.#room.refuse(error, "elsewhere-files");
    } finally {
      this.#work(false);
    }
  }

  #work(busy) {
    this.busy = busy;
    this.progress.show(busy);
    place("elsewhere-button").disabled = busy;
  }
}

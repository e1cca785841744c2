/* A session that ended while something was going on: sign in in another tab, come back, continue; nothing is lost. */

import { takeSession } from "./platform.js";

export class SignIn {
  #room;
  #notice = document.getElementById("signin");
  #line = document.getElementById("signin-line");

  constructor(room) {
    this.#room = room;
    document.getElementById("signin-link").href = room.root.dataset.login;
    document.getElementById("signin-continue").addEventListener("click", () => this.#continue());
    room.sealing.addEventListener("signin", () => {
      this.#notice.hidden = false;
      this.#line.textContent = "";
    });
  }

  async #continue() {
    const { sealing, root, words } = this.#room;
    const token = await takeSession(root.dataset.account).catch(() => null);
    if (token === null) {
      this.#line.textContent = words.say("other-account");
      return;
    }
    this.#notice.hidden = true;
    sealing.continue({ token });
  }
}

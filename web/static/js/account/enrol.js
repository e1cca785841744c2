// <key-enrolment>: makes this browser's signing key, has it certified, and marks it in the list of keys.
const token = document.querySelector('meta[name="form-token"]').content;

async function ask(method, path, told) {
  const headers = { "X-CSRF-Token": token, Accept: "application/json" };
  if (told) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body: told && JSON.stringify(told) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.title} ${answer.detail}`);
  return answer;
}

class KeyEnrolment extends HTMLElement {
  async connectedCallback() {
    this.said = this.querySelector("[role=status]");
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.enrol());
    this.hidden = false;
    try {
      await this.look();
    } catch (error) {
      this.refused(error);
    }
  }

  // The key of this browser, and what the platform knows of it.
  async look() {
    const { SigningKey } = await import("../seal/main.js");
    this.key = await SigningKey.open(this.dataset.account);
    const { keys } = await ask("GET", "/api/signing-keys");
    const own = this.key.publicKey && keys.find((one) => one.public_key === this.key.publicKey);
    if (own && !own.revoked_at) {
      if (!this.key.certificate) await this.key.keep(own.certificate);
      document.querySelectorAll(`[data-here="${own.id}"]`).forEach((tag) => (tag.hidden = false));
      this.button.hidden = true;
      this.said.textContent = this.dataset.made;
    }
    return own;
  }

  async enrol() {
    this.button.disabled = true;
    this.said.textContent = this.dataset.making;
    try {
      const own = await this.look();
      const again = Boolean(own?.revoked_at) || (!own && Boolean(this.key.certificate));
      const { publicKey, proof } = await this.key.create({ again });
      const made = await ask("POST", "/api/signing-keys", { public_key: publicKey, proof, place: "browser" });
      await this.key.keep(made.certificate);
      location.reload();
    } catch (error) {
      this.refused(error);
      this.button.disabled = false;
    }
  }

  refused(error) {
    this.said.textContent = `${this.dataset.failed} ${error.code || error.message}`;
  }
}

customElements.define("key-enrolment", KeyEnrolment);

// <pass-key>: asks the browser for a passkey and hands its answer to the form that stands around it.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked(options, verb) {
  const told = { ...options, challenge: bytes(options.challenge) };
  if (verb === "get") return { ...told, allowCredentials: known(options.allowCredentials) };
  return { ...told, user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials) };
}

function answered(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

class PassKey extends HTMLElement {
  connectedCallback() {
    if (!window.PublicKeyCredential) return;
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => this.ask());
  }

  async ask() {
    const { options, verb, form, failed } = this.dataset;
    const said = this.querySelector("[role=alert]");
    said.textContent = "";
    try {
      const credential = await navigator.credentials[verb]({ publicKey: asked(JSON.parse(options), verb) });
      const target = document.getElementById(form);
      target.elements.one_time_answer.value = answered(credential);
      target.submit();
    } catch {
      said.textContent = failed;
    }
  }
}

customElements.define("pass-key", PassKey);

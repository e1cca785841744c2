/* Behind the door: whatever a judge signs, with the key of this seat; a form without it is never sent. */

import { b64, commitment, examined, holdsSeat, labelled, sha256, signForSeat, told, utf8 } from "./key.js";

const { seat, judge, section } = document.querySelector("[data-seat]")?.dataset ?? {};

const messages = {
  resolution(form, button) {
    const given = JSON.parse(form.dataset.told);
    const agrees = button?.value !== "no";
    const reasons = agrees ? "" : form.elements.reasons.value;
    return told("openhall resolution/v1", { ...given, agrees, reasons });
  },
  async report(form) {
    return labelled("openhall report/v1", await sha256(utf8(form.dataset.told)));
  },
  lock(form) {
    const salt = crypto.getRandomValues(new Uint8Array(32));
    form.elements.salt.value = b64(salt);
    return commitment(salt, section, judge, JSON.parse(form.elements.one_time_sheet.value));
  },
  explanation(form) {
    const texts = {};
    for (const [field, key, item] of JSON.parse(form.dataset.told)) (texts[key] ??= {})[item] = form.elements[field].value;
    return told("openhall explanation/v1", { judge, section, texts });
  },
  examination(form) {
    const salt = crypto.getRandomValues(new Uint8Array(32));
    form.elements.salt.value = b64(salt);
    return examined(salt, section, judge, JSON.parse(form.elements.one_time_answers.value));
  },
  correction(form) {
    const { bid, item, old } = form.querySelector("[name=mark]:checked").dataset;
    const mark = form.elements.new;
    mark.value = mark.value.normalize("NFKC").trim();
    const reason = "extreme-mark";
    const reasons = form.elements.reasons.value;
    const given = { section, report: form.dataset.report, judge, bid, item, old, new: mark.value, reason, reasons };
    return told("openhall correction/v1", given);
  },
  dissent(form) {
    return told("openhall dissent/v1", { report: form.dataset.told, reasons: form.elements.reasons.value });
  },
};

async function sign(form, button) {
  const signature = await signForSeat(seat, await messages[form.dataset.sign](form, button));
  if (!signature) throw new Error("no key of this seat");
  form.elements.signature.value = b64(signature);
  if (button?.name) form.elements[`${button.name}_chosen`].value = button.value;
}

for (const form of document.querySelectorAll("form[data-sign]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button?.value === "no" && !form.elements.reasons.value.trim()) return form.elements.reasons.focus();
    form.querySelectorAll("button").forEach((one) => { one.disabled = true; });
    try {
      await sign(form, button);
      form.submit();
    } catch {
      document.querySelectorAll("[data-say=no-key]").forEach((one) => { one.hidden = false; });
      form.querySelectorAll("button").forEach((one) => { one.disabled = false; });
    }
  });
}

if (seat && !(await holdsSeat(seat))) document.querySelectorAll("[data-say=no-key]").forEach((one) => { one.hidden = false; });

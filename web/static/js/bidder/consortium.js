/* The members of a consortium as they are typed: kept in this browser alone, checked, put into the sealed opening form. */

import { AGREEMENT, consortiumFault, hundredths, isCreditCode, isText, sumOf } from "../seal/consortium.js";
import { Problem } from "../seal/problem.js";

const FIELDS = ["name", "code", "share", "work"];
const place = (id) => document.getElementById(id);

/* What was kept of a section's draft, null where nothing was. */
export function keptConsortium(root) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(root)));
  } catch {
    return null;
  }
}

export class Consortium {
  #root;
  #words;
  #changed;
  #rows = [];
  #made = 0;

  /* `changed` is called after every change; `toggled(joint)` when the box is ticked or cleared. */
  constructor(root, words, changed, toggled) {
    [this.#root, this.#words, this.#changed] = [root, words, changed];
    this.#restore(keptConsortium(root));
    place("consortium-form").addEventListener("submit", (event) => event.preventDefault());
    place("consortium-form").addEventListener("input", () => this.#keep());
    place("joint").addEventListener("change", ({ target }) => {
      if (target.checked && !this.#rows.length) this.#add();
      this.#keep();
      toggled(target.checked);
    });
    place("member-add").addEventListener("click", () => {
      this.#add().querySelector("input").focus();
      this.#keep();
    });
    this.#speak();
  }

  get joint() {
    return place("joint").checked;
  }

  /* What goes into the form, null for a bidder of its own. */
  get value() {
    if (!this.joint) return null;
    const typed = (input) => input.value.normalize("NFKC").trim();
    const members = this.#rows.map((row) => Object.fromEntries(FIELDS.map((name) => [name, typed(field(row, name))])));
    for (const member of members) member.code = member.code.toUpperCase();
    return { share: typed(place("lead-share")), work: typed(place("lead-work")), members };
  }

  /* What would be refused, as [{ error, field }]. */
  refused() {
    const found = this.value;
    if (!found) return [];
    const faults = this.#ofBody(found, place("lead-share"), place("lead-work"));
    const codes = [this.#root.dataset.creditCode];
    for (const [at, member] of found.members.entries()) {
      const row = this.#rows[at];
      if (!isText(member.name)) faults.push([field(row, "name"), new Problem("room.member-name")]);
      if (!isCreditCode(member.code)) faults.push([field(row, "code"), new Problem("room.member-code", { code: member.code })]);
      else if (codes.includes(member.code)) faults.push([field(row, "code"), new Problem("room.member-twice", { code: member.code })]);
      codes.push(member.code);
      faults.push(...this.#ofBody(member, field(row, "share"), field(row, "work")));
    }
    const most = Number(this.#root.dataset.joint);
    if (found.members.length >= most) faults.push([place("lead-share"), new Problem("room.bodies", { most })]);
    if (!faults.length && consortiumFault(found)) {
      faults.push([place("lead-share"), new Problem("room.shares", { sum: percent(sumOf([found, ...found.members])) })]);
    }
    return faults.map(([input, error]) => ({ error, field: input.id }));
  }

  forget() {
    try { localStorage.removeItem(keyOf(this.#root)); } catch { /* nothing was kept */ }
    place("joint").checked = false;
    place("lead-share").value = place("lead-work").value = "";
    for (const row of this.#rows.splice(0)) row.remove();
    this.#speak();
  }

  lock(locked) {
    place("consortium-fields").disabled = locked;
  }

  #ofBody({ share, work }, shareInput, workInput) {
    const faults = [];
    if (!hundredths(share)) faults.push([shareInput, new Problem("room.member-share")]);
    if (!isText(work)) faults.push([workInput, new Problem("room.member-work")]);
    return faults;
  }

  #add(told = {}) {
    const row = place("member-row").content.firstElementChild.cloneNode(true);
    this.#made += 1;
    for (const name of FIELDS) {
      const input = field(row, name);
      input.id = `member-${this.#made}-${name}`;
      input.value = told[name] ?? "";
      input.previousElementSibling.htmlFor = input.id;
    }
    row.querySelector("[data-remove]").addEventListener("click", () => {
      this.#rows.splice(this.#rows.indexOf(row), 1);
      row.remove();
      place("member-add").focus();
      this.#keep();
    });
    this.#rows.push(row);
    place("members").append(row);
    return row;
  }

  #keep() {
    const { joint, value } = this;
    try { localStorage.setItem(keyOf(this.#root), JSON.stringify({ joint, ...(value ?? {}) })); } catch { /* said by the form */ }
    this.#speak();
    this.#changed();
  }

  #restore(kept) {
    if (!kept) return;
    place("joint").checked = Boolean(kept.joint);
    place("lead-share").value = kept.share ?? "";
    place("lead-work").value = kept.work ?? "";
    for (const member of kept.members ?? []) this.#add(member);
  }

  #speak() {
    place("joint-fields").hidden = !this.joint;
    const slot = place(`slot-${AGREEMENT}`);
    if (slot) slot.hidden = !this.joint;
    for (const item of document.querySelectorAll(`[data-task="${AGREEMENT}"]`)) item.hidden = !this.joint;
    place("member-add").hidden = this.#rows.length >= Number(this.#root.dataset.joint) - 1;
    for (const [at, row] of this.#rows.entries()) {
      const title = this.#words.say("member", { n: at + 1 });
      for (const text of row.querySelectorAll(".vh")) text.textContent = title;
    }
    if (!this.joint) return;
    const sum = sumOf([this.value, ...this.value.members]);
    place("shares-line").textContent = this.#words.say("shares", { sum: percent(sum) });
    place("shares-line").classList.toggle("bad", sum > 10000);
  }
}

const keyOf = (root) => `openhall bid consortium/v1 ${root.dataset.account} ${root.dataset.section}`;
const field = (row, name) => row.querySelector(`[data-field="${name}"]`);
const percent = (sum) => `${sum / 100}`;

/* The files of a bid, one for each part: picked or dropped, refused when empty, remembered by name and size. */

import { Problem } from "../seal/problem.js";
import { Repicking } from "./repicking.js";
import { size } from "./words.js";

export class Slots {
  #sealing;
  #words;
  #refusals;
  #names;
  #rows;
  #again;

  constructor(root, sealing, words, refusals) {
    [this.#sealing, this.#words, this.#refusals] = [sealing, words, refusals];
    this.#names = JSON.parse(root.dataset.partNames);
    this.#rows = new Map([...document.querySelectorAll(".slot")].map((row) => [row.dataset.part, row]));
    this.#again = new Repicking(root.dataset.account, sealing);
    for (const [part, row] of this.#rows) this.#listen(part, row);
    const input = document.getElementById("files-again");
    input.addEventListener("change", () => {
      this.#takeAgain([...input.files]);
      input.value = "";
    });
  }

  /* What would be refused, as [{ error, field }]. */
  refused() {
    const parts = this.#sealing.plan.slots.filter(({ part, chosen }) => this.#rows.has(part) && !chosen);
    return parts.map(({ part }) => ({ error: new Problem("room.file-missing", { part: this.#names[part] }), field: `slot-${part}` }));
  }

  /* Show every slot as the plan has it; `locked`: what is sealed cannot be changed. */
  paint(locked) {
    document.getElementById("file-fields").disabled = locked;
    document.getElementById("again-line").hidden = locked || this.#again.remembered.length < 2;
    for (const slot of this.#sealing.plan.slots) if (this.#rows.has(slot.part)) this.#paint(slot, this.#rows.get(slot.part), locked);
  }

  #listen(part, row) {
    const input = row.querySelector("input");
    input.addEventListener("change", () => {
      this.#take(part, [...input.files]);
      input.value = "";
    });
    row.querySelector(".slot__same").addEventListener("click", () => this.#take(part, [this.#again.other(part)]));
    row.querySelector(".slot__drop").addEventListener("click", () => {
      this.#again.left(part);
      this.#sealing.drop(part).catch((error) => this.#refuse(part, error));
    });
    row.addEventListener("dragover", (event) => {
      event.preventDefault();
      row.classList.add("slot--over");
    });
    row.addEventListener("dragleave", () => row.classList.remove("slot--over"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      row.classList.remove("slot--over");
      if (!document.getElementById("file-fields").disabled) this.#take(part, [...event.dataTransfer.files]);
    });
  }

  async #take(part, files) {
    this.#refusals.clear();
    if (!files.length) return;
    try {
      if (files.length > 1) throw new Problem("room.one-file", { count: files.length });
      const [file] = files;
      if (!file.size) throw new Problem("room.file-empty", { name: file.name });
      const known = this.#sealing.plan.slots.find((slot) => slot.part === part);
      await this.#sealing.choose(part, file, { replace: Boolean(known?.chosen) });
      await this.#again.took(part, file);
      this.#rows.get(part).dispatchEvent(new CustomEvent("took", { detail: file }));
      this.#offer();
    } catch (error) {
      this.#refuse(part, error);
    }
  }

  /* Several files at once, each for every slot that remembers it. */
  async #takeAgain(files) {
    this.#refusals.clear();
    const strange = [];
    try {
      for (const file of files) if (!(await this.#again.fill(file))) strange.push(file.name);
    } catch (error) {
      this.#refusals.show([{ error, field: "files-again" }]);
      return;
    }
    const told = strange.map((name) => ({ error: new Problem("room.file-strange", { name }), field: "files-again" }));
    this.#refusals.show(told);
    this.#offer();
  }

  /* Beside every empty slot, the file that another slot has. */
  #offer() {
    for (const { part, name } of this.#sealing.plan.slots) {
      const button = this.#rows.get(part)?.querySelector(".slot__same");
      const other = this.#again.other(part);
      if (!button) continue;
      button.hidden = Boolean(name) || !other;
      if (other) button.textContent = this.#words.say("same", { name: other.name });
    }
  }

  #refuse(part, error) {
    this.#refusals.show([{ error, field: `slot-${part}` }]);
  }

  #paint({ name, size: bytes, chosen }, row, locked) {
    const line = row.querySelector(".slot__file");
    const facts = { name, size: bytes === null ? "" : size(bytes, document.documentElement.lang), bytes };
    if (!name) line.textContent = "";
    else if (chosen || locked) line.textContent = `${name} · ${this.#words.say("size", facts)}`;
    else line.textContent = this.#words.say("remembered", facts);
    row.classList.toggle("slot--full", chosen);
    row.querySelector(".slot__drop").hidden = locked || !name;
    if (locked || name) row.querySelector(".slot__same").hidden = true;
  }
}

/* Bids under way, as this browser knows them: what is typed, chosen and sealed here is shown beside what has arrived. */

import { all } from "../seal/idb.js";
import { summary } from "../seal/plan.js";
import { Words } from "./words.js";

const EVERY = 5000;
const TYPED = ["opening-form", "price"];

class Preparing {
  #root = document.getElementById("preparing");
  #list = document.getElementById("preparing-list");
  #words = new Words(this.#root);

  /* Ask for the list with the sections that only this browser knows, then keep telling what it holds. */
  async begin() {
    const plans = await this.#plans();
    const known = [...plans.keys(), ...drafts(this.#root.dataset.account)];
    const listed = new Set([...this.#list.querySelectorAll("[data-section]")].map((row) => row.dataset.section));
    if (known.some((section) => !listed.has(section))) await this.#fetch(known);
    this.#root.hidden = !this.#list.querySelector("[data-section]");
    for (;;) {
      await this.#paint();
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  }

  async #plans() {
    const prefix = `${this.#root.dataset.account} `;
    const own = (await all("plans")).filter(([key, plan]) => `${key}`.startsWith(prefix) && plan.state !== "empty");
    return new Map(own.map(([key, plan]) => [key.slice(prefix.length), plan]));
  }

  async #fetch(known) {
    const query = new URLSearchParams([...new Set(known)].map((section) => ["section", section]));
    const told = await fetch(`${this.#root.dataset.source}?${query}`, { cache: "no-store" }).catch(() => null);
    if (!told?.ok) return;
    const found = new DOMParser().parseFromString(await told.text(), "text/html");
    this.#list.replaceChildren(...found.body.children);
  }

  async #paint() {
    const plans = await this.#plans();
    const typed = new Set(drafts(this.#root.dataset.account));
    for (const row of this.#list.querySelectorAll("[data-section]:not([data-in])")) {
      const plan = plans.get(row.dataset.section);
      const parts = [...row.querySelectorAll("[data-part]")].map(({ dataset }) => dataset.part);
      const slots = plan ? summary(plan, parts, new Set(), null).slots : [];
      for (const item of row.querySelectorAll("[data-part]")) {
        const slot = slots.find(({ part }) => part === item.dataset.part);
        this.#say(item.querySelector(".tag"), this.#state(slot, TYPED.includes(item.dataset.part) && typed.has(row.dataset.section)));
      }
    }
  }

  /* [tone, word, facts] of a part this browser knows something of that goes beyond what the server said. */
  #state(slot, typed) {
    if (slot?.sealedSize && slot.acknowledged < slot.blocks) {
      const facts = { there: slot.acknowledged, all: slot.blocks };
      return slot.acknowledged ? ["info", "arriving", facts] : ["info", "sealed"];
    }
    if (!slot?.sealedSize && slot?.name) return ["info", "chosen"];
    return !slot?.sealedSize && typed ? ["info", "draft"] : null;
  }

  #say(tag, told) {
    if (!told || tag.classList.contains("tag--ok")) return;
    const [tone, word, facts] = told;
    tag.className = `tag tag--${tone}`;
    tag.textContent = this.#words.say(word, facts);
  }
}

/* The sections of which this browser keeps a typed opening form. */
function drafts(account) {
  const prefix = `openhall bid draft/v1 ${account} `;
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  } catch {
    return [];
  }
}

new Preparing().begin().catch(() => {}); // a browser that keeps nothing has nothing to tell

/* The bid room: one section, one bid, from the typed price to the receipt. What it does stands in the steps' own files. */

import { Sealing } from "../seal/main.js";
import { AGREEMENT } from "../seal/consortium.js";
import { Blind } from "./blind.js";
import { Consortium, keptConsortium } from "./consortium.js";
import { Draft } from "./draft.js";
import { Elsewhere } from "./elsewhere.js";
import { Handing } from "./handing.js";
import { Kit } from "./kit.js";
import { pageToken } from "./platform.js";
import { Progress } from "./progress.js";
import { Seal } from "./sealing.js";
import { SignIn } from "./signin.js";
import { Slots } from "./slots.js";
import { Tasks } from "./tasks.js";
import { Refusals, Words } from "./words.js";

const FORM = "opening-form";

class Room {
  constructor(root, sealing) {
    [this.root, this.sealing] = [root, sealing];
    this.words = new Words(root);
    this.refusals = new Refusals(document.getElementById("problems"), this.words, root.dataset.title);
    this.tasks = new Tasks(this);
    const repaint = () => this.tasks.paint();
    this.draft = this.parts.includes(FORM) ? new Draft(root, this.words, repaint) : null;
    this.consortium = this.draft && admitted(root) ? new Consortium(root, this.words, repaint, () => this.#joined()) : null;
    this.slots = new Slots(root, sealing, this.words, this.refusals);
    new Blind(root, this.words);
    this.seal = new Seal(this);
    this.elsewhere = new Elsewhere(this);
    this.kit = new Kit(this);
    this.handing = new Handing(this);
    new SignIn(this);
    document.getElementById("replace-button").addEventListener("click", () => this.#replace());
    sealing.addEventListener("state", () => this.paint());
    sealing.addEventListener("progress", ({ detail }) => this.going.paint(detail));
    sealing.addEventListener("offline", ({ detail }) => this.#away(detail));
    sealing.addEventListener("online", () => this.going.say("online"));
  }

  get plan() {
    return this.sealing.plan;
  }

  get parts() {
    return partsOf(this.root, this.consortium?.joint);
  }

  /* Whether price and files are sealed, so that they can only be sealed anew. */
  get locked() {
    return !["empty", "choosing"].includes(this.plan.state);
  }

  /* The progress view of what is going on now. */
  get going() {
    if (this.elsewhere.busy) return this.elsewhere.progress;
    return this.locked ? this.handing.progress : this.seal.progress;
  }

  /* A progress view of its own for a step. */
  progress(prefix, held) {
    return new Progress(prefix, this.root, this.words, held);
  }

  /* Show a refusal of any kind on top of the page. */
  refuse(error, field = null) {
    this.refusals.show([{ error, field }]);
  }

  /* Whether the bid sealed here is handed in: then there is only the receipt, or a replacement from the start. */
  get finished() {
    return ["submitted", "receipted"].includes(this.plan.state) && !this.handing.busy;
  }

  paint() {
    for (const card of document.querySelectorAll(".room__main > .card")) card.hidden = this.finished !== (card.id === "finished");
    document.getElementById("receipt-link").href = `${this.root.dataset.bids}/${this.plan.bid}/receipt`;
    this.draft?.lock(this.locked);
    this.consortium?.lock(this.locked);
    this.slots.paint(this.locked);
    this.seal.paint();
    this.elsewhere.paint();
    this.kit.paint();
    this.handing.paint();
    this.tasks.paint();
  }

  /* No connection at all, or a platform whose store is away: either is tried again by itself. */
  #away({ status, seconds }) {
    this.going.say(status === 503 ? "store-away" : "offline", { seconds: Math.ceil(seconds) });
  }

  /* The agreement is a part of the bid as soon as the bidder leads a consortium. */
  async #joined() {
    try {
      await this.sealing.require(this.parts);
      this.paint();
    } catch (error) {
      this.refuse(error);
    }
  }

  async #replace() {
    try {
      await this.sealing.cancel();
      this.paint();
      document.querySelector(".room__main .card:not([hidden]) .h2").focus();
    } catch (error) {
      this.refuse(error);
    }
  }
}

/* Whether the section admits consortia. */
const admitted = (root) => Number(root.dataset.joint) > 1;

/* The parts of a bid: those the section asks for, and a consortium's agreement. */
function partsOf(root, joint) {
  const asked = JSON.parse(root.dataset.parts);
  return joint && admitted(root) ? [...asked, AGREEMENT] : asked;
}

async function begin(root) {
  const { section, creditCode, account, pinned, factor } = root.dataset;
  const sealing = await Sealing.open({
    section, creditCode, account, parts: partsOf(root, keptConsortium(root)?.joint), token: pageToken(),
    pinned: JSON.parse(pinned), factor: Boolean(factor), second: JSON.parse(root.dataset.parts).includes("price"),
  });
  const gone = ["submitted", "receipted"].includes(sealing.plan.state) && sealing.plan.bid !== root.dataset.standing;
  if (gone) await sealing.cancel(); // withdrawn, or replaced from elsewhere: nothing of it is of use any more
  if (["empty", "choosing"].includes(sealing.plan.state)) await sealing.require(partsOf(root, keptConsortium(root)?.joint));
  const room = new Room(root, sealing);
  document.getElementById("plain").hidden = true;
  root.hidden = false;
  room.paint();
  root.dataset.ready = "";
}

const root = document.getElementById("room");
begin(root).catch((error) => {
  const words = new Words(root);
  new Refusals(document.getElementById("plain"), words, root.dataset.title).show([{ error, field: null }]);
});

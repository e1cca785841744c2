/* The recorder page: choose a source, see and hear it, record, and know at every moment what is still on this machine. */

import { Run, endLost, form, opened } from "./capture.js";
import { Level } from "./level.js";
import { Refused, ask, stream, streams } from "./platform.js";
import { Sender } from "./sender.js";
import * as store from "./store.js";
import { Times } from "./times.js";

const BEAT = 2000;
const OVER = ["recording.not-running", "recording.closed", "recording.unknown"];
const DENIED = { NotAllowedError: "denied", NotFoundError: "nodevice", OverconstrainedError: "nodevice", NotReadableError: "busy" };
const at = (id) => document.getElementById(id);

class Recorder {
  #media = null;
  #run = null;
  #lock = null;
  #place = null;

  constructor(root) {
    [this.root, this.recording] = [root, root.dataset.recording];
    [this.times, this.sender, this.level] = [new Times(), new Sender(), new Level(at("level"))];
    this.over = root.dataset.state !== "running";
    this.away = null;
  }

  async begin() {
    if (!form() || !navigator.mediaDevices || !window.indexedDB) return this.#refuse(this.#text("browser"));
    await endLost();
    this.sender.addEventListener("change", () => this.#paint());
    this.sender.addEventListener("refused", ({ detail }) => this.#refuse(`${this.#text("given", detail)} ${detail.words}`));
    this.sender.run();
    at("choose").addEventListener("click", () => this.#choose());
    at("record").addEventListener("click", () => this.#record());
    at("stop").addEventListener("click", () => this.#run?.stop());
    for (const id of ["camera", "microphone"]) at(id).addEventListener("change", () => this.#media && this.#choose());
    addEventListener("beforeunload", (event) => (this.#run || this.waiting) && event.preventDefault());
    document.addEventListener("visibilitychange", () => this.#stayAwake());
    setInterval(() => this.#paint(), 1000);
    this.times.probe().catch(() => {});
    this.#beat();
    this.#paint();
  }

  async #choose() {
    const kind = this.root.querySelector("input[name=kind]:checked").value;
    this.#close();
    try {
      this.#media = await opened(kind, at("camera").value, at("microphone").value);
    } catch (error) {
      return this.#refuse(this.#text(DENIED[error.name] ?? "denied"));
    }
    this.kind = kind;
    at("problem").hidden = true;
    at("preview").srcObject = this.#media;
    at("preview").hidden = false;
    for (const track of this.#media.getTracks()) track.addEventListener("ended", () => this.#run || this.#close());
    this.level.show(this.#media);
    await this.#listDevices();
    this.#paint();
  }

  async #listDevices() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    for (const [id, kind] of [["camera", "videoinput"], ["microphone", "audioinput"]]) {
      const used = this.#media.getTracks().find((track) => track.kind === kind.slice(0, 5))?.getSettings().deviceId;
      const options = devices.filter((one) => one.kind === kind && one.deviceId).map((one) => new Option(one.label, one.deviceId));
      if (!options.length) continue;
      at(id).replaceChildren(...options);
      at(id).value = used ?? at(id).value;
      at(id).disabled = false;
    }
  }

  async #record() {
    if (this.#run || !this.#media) return;
    at("record").disabled = true;
    try {
      if (!this.times.known) await this.times.probe();
      const place = await this.#joined();
      this.#run = new Run(this.#media, this.times, place);
      this.#run.addEventListener("kept", () => this.sender.wake());
      this.#run.addEventListener("lost", ({ detail }) => this.#refuse(this.#text(`lost-${detail}`)));
      this.#run.addEventListener("failed", () => this.#refuse(this.#text("full")));
      this.#run.addEventListener("over", () => this.#ended());
      await this.#run.begin();
      this.since = Date.now();
      navigator.storage?.persist?.();
      this.#stayAwake();
    } catch (error) {
      this.#run = null;
      this.#refuse(error instanceof Refused ? error.words : this.#text("offline-start"));
    }
    this.#paint();
  }

  /* The source of an earlier run of this page goes on, so that its gap is seen; else one joins the recording. */
  async #joined() {
    const label = at("label").value.trim();
    const known = (await store.runs()).filter((run) => run.recording === this.recording && run.kind === this.kind && run.label === label);
    let name = known.at(-1)?.stream;
    if (!name) {
      const told = { kind: this.kind, label, mandatory: at("mandatory")?.checked ?? false };
      name = (await ask(streams(this.recording), told)).stream;
    }
    this.#place = { recording: this.recording, stream: name, kind: this.kind, label };
    return this.#place;
  }

  #ended() {
    this.#run = null;
    this.sender.wake();
    this.#lock?.release().catch(() => {});
    this.#close();
    this.#paint();
  }

  #close() {
    if (this.#run) return;
    for (const track of this.#media?.getTracks() ?? []) track.stop();
    this.#media = null;
    at("preview").hidden = true;
    at("preview").srcObject = null;
    this.level.hide();
    at("level").hidden = true;
    this.#paint();
  }

  /* A sign of life while recording; its answer tells the time, and whether the recording goes on. */
  async #beat() {
    try {
      if (this.#run && this.#place) {
        const sent = Date.now();
        const { now, state } = await ask(`${stream(this.#place)}/heartbeat`, {});
        this.times.hear(sent, now);
        if (state !== "running") this.#isOver();
      }
      if (this.away) this.sender.wake();
      this.away = null;
    } catch (error) {
      if (error instanceof Refused && OVER.includes(error.code)) this.#isOver();
      else if (!(error instanceof Refused)) this.away ??= Date.now();
    }
    setTimeout(() => this.#beat(), BEAT);
  }

  #isOver() {
    this.over = true;
    this.#run?.stop();
  }

  async #stayAwake() {
    if (!this.#run || document.visibilityState !== "visible") return;
    this.#lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  }

  async #paint() {
    this.waiting = await store.count("items");
    const since = this.sender.since ?? this.away;
    const name = this.#run ? "recording" : this.over ? "over" : this.#media ? "ready" : "idle";
    this.root.dataset.now = name;
    this.root.dataset.waiting = this.waiting;
    at("state").textContent = this.#text(name);
    at("state").className = this.#run ? "tag tag--ok" : "tag";
    at("waiting").textContent = this.waiting ? this.#text("waiting", { n: this.waiting }) : this.#text("none");
    at("offline").hidden = !since;
    if (since) at("offline-text").textContent = this.sender.why || this.#text("offline", { at: new Date(since).toLocaleTimeString() });
    at("lasted").textContent = this.#run ? lasted(Date.now() - this.since) : "";
    at("record").hidden = Boolean(this.#run);
    at("record").disabled = !this.#media || this.over || !at("label").value.trim();
    at("choose").disabled = Boolean(this.#run) || this.over;
    at("stop").hidden = !this.#run;
    at("source").disabled = Boolean(this.#run) || this.over;
    at("over").hidden = !this.over;
  }

  #refuse(words) {
    at("problem-text").textContent = words;
    at("problem").hidden = false;
  }

  #text(name, facts = {}) {
    const text = at("words").getAttribute(`data-t-${name}`);
    return Object.entries(facts).reduce((made, [key, value]) => made.replace(`{${key}}`, value), text);
  }
}

const lasted = (milliseconds) => new Date(milliseconds).toISOString().slice(11, 19);

/* Two tabs would send the same things twice over: the first has the queue, another says so. */
const root = at("recorder");
navigator.locks.request("openhall-recorder", { ifAvailable: true }, (lock) => {
  at(lock ? "desk-part" : "elsewhere").hidden = false;
  return lock ? new Recorder(root).begin().then(() => new Promise(() => {})) : null;
});

/* One run: camera and microphone, or a screen, recorded in slices that are signed and kept before anything is sent. */

import { hashed, newKey, signChunk, signRun } from "./signing.js";
import * as store from "./store.js";

const SLICE = 2000;
const FORMS = [
  "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
  "video/mp4;codecs=avc1.42E01E,opus",
  "video/mp4;codecs=vp09.00.10.08,opus",
  "video/mp4",
  "video/webm;codecs=h264,opus",
  "video/webm;codecs=vp9,opus",
];
const BITS = { videoBitsPerSecond: 2_000_000, audioBitsPerSecond: 64_000, videoKeyFrameIntervalDuration: SLICE };

export const form = () => FORMS.find((one) => window.MediaRecorder?.isTypeSupported(one));

/* The picture and sound that were chosen; the browser's own errors tell why there are none. */
export function opened(kind, camera, microphone) {
  if (kind === "screen") return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 10 }, audio: false });
  const named = (id) => (id ? { deviceId: { exact: id } } : {});
  const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25 }, ...named(camera) };
  return navigator.mediaDevices.getUserMedia({ video, audio: named(microphone) });
}

/* Tells `kept` after each slice, `over` with why when the run ended, `failed` where this machine cannot keep more. */
export class Run extends EventTarget {
  #tail = Promise.resolve();
  #number = 0;
  #why = "stopped";

  constructor(media, times, place) {
    super();
    [this.media, this.times, this.place] = [media, times, place];
  }

  async begin() {
    const mime = form();
    const { secret, key } = await newKey();
    const options = { mimeType: mime, ...BITS };
    this.recorder = new MediaRecorder(this.media, options);
    this.recorder.ondataavailable = ({ data }) => this.#then(() => this.#keep(data));
    this.recorder.onstop = () => this.#then(() => this.#end());
    this.recorder.onerror = () => this.stop("unreadable");
    for (const track of this.media.getTracks()) track.addEventListener("ended", () => this.#lost(track));
    const started = new Promise((resolve) => { this.recorder.onstart = resolve; });
    this.recorder.start(SLICE);
    await started;
    const told = { ...this.place, mime, key, ...this.times.told() };
    this.secret = secret;
    this.id = await store.add("runs", { ...told, secret, signature: await signRun(secret, told), number: 0, over: false });
    this.#ready();
  }

  stop(why = "stopped") {
    this.#why = why;
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  #ready = () => {};
  #begun = new Promise((resolve) => { this.#ready = resolve; });

  #then(does) {
    this.#tail = this.#tail.then(() => this.#begun).then(does).catch((error) => {
      this.dispatchEvent(new CustomEvent("failed", { detail: error }));
      if (this.recorder.state !== "inactive") this.recorder.stop();
    });
  }

  async #keep(data) {
    if (!data.size) return;
    const bytes = new Uint8Array(await data.arrayBuffer());
    const number = this.#number + 1;
    const told = { stream: this.place.stream, number, sha256: await hashed(bytes), ...this.times.told() };
    const signature = await signChunk(this.secret, told);
    await store.add("items", { kind: "chunk", run: this.id, bytes, signature, ...told });
    this.#number = number;
    this.dispatchEvent(new Event("kept"));
  }

  #lost(track) {
    const name = track.kind === "audio" ? "microphone" : this.place.kind === "screen" ? "screen" : "camera";
    const { client } = this.times.told();
    this.#then(() => store.add("items", { kind: "event", run: this.id, track: name, client }));
    if (track.kind === "video") this.stop("track-ended");
    this.dispatchEvent(new CustomEvent("lost", { detail: name }));
  }

  async #end() {
    await store.add("items", { kind: "end", run: this.id, why: this.#why });
    this.dispatchEvent(new CustomEvent("over", { detail: this.#why }));
  }
}

/* Runs that a closed tab left open are ended behind what waits of them. */
export async function endLost() {
  const items = await store.waiting();
  for (const run of await store.runs()) {
    if (run.over) continue;
    const own = items.filter((item) => item.run === run.id);
    if (!own.some((item) => item.kind === "end")) await store.add("items", { kind: "end", run: run.id, why: "tab-lost" });
  }
}

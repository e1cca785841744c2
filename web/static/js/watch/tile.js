/* One source: its picture at a moment of the wall clock, or what stands in its place. It never runs by itself. */

import Hls from "../../vendor/hls/hls.light.min.mjs";

const FAR = 0.35; // seconds beside the moment at which it is put there rather than hurried
const HURRY = 0.15;
const PATIENCE = 8000; // a source that loads for longer no longer holds the others up

/* No worker and no cues: both want addresses that the content policy forbids. */
export const QUIET = {
  enableWorker: false,
  enableDateRangeMetadataCues: false,
  enableID3MetadataCues: false,
  enableEmsgMetadataCues: false,
};

export class Tile {
  #hls = null;
  #since = 0;

  constructor(figure, recording, words) {
    [this.figure, this.words, this.id] = [figure, words, figure.dataset.stream];
    this.video = figure.querySelector("video");
    this.beside = figure.querySelector(".watch__gap");
    this.address = `/recordings/${recording}/streams/${this.id}/index.m3u8`;
    [this.source, this.failed] = [null, false];
  }

  /* What the timeline tells of it: the runs and gaps; the playlist is fetched once there is a picture. */
  tell(source) {
    this.source = source;
    if (!this.#hls && source.runs.length) this.#load();
  }

  #load() {
    this.#hls = new Hls({ ...QUIET, maxBufferLength: 20, backBufferLength: 30, startPosition: 0 });
    this.#hls.on(Hls.Events.ERROR, (_, told) => {
      if (!told.fatal) return;
      if (told.type === Hls.ErrorTypes.MEDIA_ERROR && !this.failed) this.#hls.recoverMediaError();
      this.failed = true;
    });
    this.#hls.on(Hls.Events.FRAG_BUFFERED, () => (this.failed = false));
    this.#hls.loadSource(this.address);
    this.#hls.attachMedia(this.video);
  }

  /* Where a moment stands in the media that the playlist makes of all runs, in seconds; null where there is no picture. */
  place(moment) {
    const fragments = this.#hls?.levels?.[0]?.details?.fragments ?? [];
    for (const one of fragments) {
      const begun = one.programDateTime;
      if (begun !== null && moment >= begun && moment < begun + one.duration * 1000) return one.start + (moment - begun) / 1000;
    }
    return null;
  }

  gap(moment) {
    return this.source?.gaps.find((one) => moment >= one.since && moment < (one.until ?? Infinity)) ?? null;
  }

  /* Show the moment; whether the clock may go on. */
  follow(moment, playing, rate) {
    const target = this.place(moment);
    if (target === null) return this.#absent(moment);
    this.beside.hidden = true;
    const off = this.video.currentTime - target;
    if (Math.abs(off) > FAR * Math.max(1, rate)) this.video.currentTime = target;
    this.video.playbackRate = rate * Math.min(1 + HURRY, Math.max(1 - HURRY, 1 - off / 2));
    const ready = this.video.readyState >= 3 && !this.video.seeking;
    if (playing && ready && this.video.paused) this.video.play().catch(() => {});
    if (!playing && !this.video.paused) this.video.pause();
    return this.#waits(ready);
  }

  #absent(moment) {
    if (!this.video.paused) this.video.pause();
    const gap = this.gap(moment);
    const known = this.#hls && !this.#hls.levels?.[0]?.details && this.source?.runs.length;
    this.beside.hidden = false;
    this.figure.dataset.state = gap ? "gap" : "absent";
    if (known) {
      this.#say(this.failed ? this.words.failed : this.words.waiting);
      return this.#waits(false);
    }
    if (!gap) this.#say(this.source?.runs.length ? this.words.outside : this.words.nothing);
    else this.#say(`${this.words.gapOf(gap)} ${gap.words ? this.words.reason.replace("{words}", gap.words) : this.words.noreason}`);
    return this.#waits(true);
  }

  #say(text) {
    if (this.beside.textContent !== text) this.beside.textContent = text;
  }

  #waits(ready) {
    const now = performance.now();
    if (ready) this.#since = 0;
    else this.#since ||= now;
    this.figure.dataset.state = ready ? (this.beside.hidden ? "shown" : this.figure.dataset.state) : "waiting";
    return ready || this.failed || now - this.#since > PATIENCE;
  }
}

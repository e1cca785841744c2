/* How loud the microphone is, in a meter. */

const EVERY = 100;

export class Level {
  #context = null;
  #timer = 0;

  constructor(meter) {
    this.meter = meter;
  }

  show(media) {
    this.hide();
    this.meter.hidden = !media.getAudioTracks().length;
    if (this.meter.hidden) return;
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(new MediaStream(media.getAudioTracks())).connect(analyser);
    const heard = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(heard);
      const power = heard.reduce((sum, one) => sum + one * one, 0) / heard.length;
      this.meter.value = Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-6) / 6));
    }, EVERY);
  }

  hide() {
    clearInterval(this.#timer);
    this.#context?.close();
    this.#context = null;
  }
}

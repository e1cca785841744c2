/* A bid's file as its server gives it: range by range, one opening for all of them, asked for again while the net is away. */

const FIRST = 262144;
const PAUSES = [500, 1000, 2000, 4000, 8000];

export class Refusal extends Error {
  /* `reason`: "out" (no session), "gone" (not to be read), "failed" (anything else). */
  constructor(reason, said = "") {
    super(said || reason);
    this.reason = reason;
  }
}

export class Source {
  /* `told(waiting)` hears whether the connection is missed. */
  constructor(address, told = () => {}) {
    this.address = address;
    this.told = told;
    this.opening = null;
    this.size = null;
    this.ended = new AbortController();
  }

  /* The first bytes; from then on `size` is known. An empty file has none. */
  async begin() {
    const answer = await this.#asked(0, FIRST);
    if (answer.status === 416) return this.#empty();
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const whole = /\/(\d+)$/.exec(answer.headers.get("content-range") ?? "");
    this.size = whole ? Number(whole[1]) : bytes.length;
    return bytes;
  }

  /* Exactly the bytes from `start` to before `stop`. */
  async range(start, stop) {
    const answer = await this.#asked(start, stop);
    if (answer.status !== 206) throw new Refusal("failed");
    return new Uint8Array(await answer.arrayBuffer());
  }

  /* Where the browser itself may fetch the file whose opening is recorded already. */
  get link() {
    return this.#address();
  }

  end() {
    this.ended.abort();
  }

  #empty() {
    this.size = 0;
    return new Uint8Array();
  }

  #address() {
    return this.opening ? `${this.address}?opening=${encodeURIComponent(this.opening)}` : this.address;
  }

  async #asked(start, stop) {
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await fetch(this.#address(), {
          headers: { range: `bytes=${start}-${stop - 1}`, accept: "*/*, application/problem+json" },
          signal: this.ended.signal,
        });
        this.told(false);
        if (answer.status < 500) return this.#taken(answer);
      } catch (error) {
        if (this.ended.signal.aborted || error instanceof Refusal) throw error;
      }
      this.told(true);
      await new Promise((done) => setTimeout(done, PAUSES[Math.min(tries, PAUSES.length - 1)]));
      if (this.ended.signal.aborted) throw new Refusal("failed");
    }
  }

  #taken(answer) {
    if (answer.status === 401 || answer.redirected) throw new Refusal("out");
    if (answer.status === 403 || answer.status === 404) throw new Refusal("gone");
    if (!answer.ok && answer.status !== 416) throw new Refusal("failed");
    this.opening = answer.headers.get("openhall-opening") ?? this.opening;
    return answer;
  }
}

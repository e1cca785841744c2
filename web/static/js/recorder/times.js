/* How far this machine's clock is off: the probe with the shortest round trip tells, and a later one that says otherwise. */

const PROBES = 5;
const MOVED = 500;

export class Times {
  constructor() {
    [this.offset, this.rtt] = [0, 0];
    this.known = false;
  }

  async probe() {
    for (let at = 0; at < PROBES; at += 1) {
      const sent = Date.now();
      const answer = await fetch("/api/recordings/time", { cache: "no-store" });
      this.hear(sent, (await answer.json()).now);
    }
  }

  /* An answer that tells the server's time, to a question sent at `sent`. */
  hear(sent, now) {
    const received = Date.now();
    const rtt = Math.max(0, received - sent);
    const offset = Math.round(now - (sent + received) / 2);
    if (this.known && rtt > this.rtt && Math.abs(offset - this.offset) < MOVED + rtt) return;
    [this.offset, this.rtt, this.known] = [offset, rtt, true];
  }

  /* What is told with everything that is signed. */
  told() {
    return { client: Date.now(), offset: this.offset, rtt: this.rtt };
  }
}

/* Requests to the platform that outlast a lost connection: tried again with jitter, paused while signed out. */

import { Problem } from "./problem.js";

const LONGEST_WAIT = 30;
const STALLED = 60_000;
const AGAIN = new Set([0, 408, 429, 502, 503, 504]);
const SIGNED_OUT = new Set(["session.needed", "form.token"]);

export class Platform {
  #gate;
  #tell;

  /* `gate` pauses and cancels; `tell(name, facts)` hears "offline", "online" and "signin". */
  constructor(token, gate, tell) {
    [this.token, this.#gate, this.#tell] = [token, gate, tell];
  }

  /* The answer { status, value } of a small request; waits for the network and for signing in, refuses what is refused. */
  ask(method, path, body = undefined) {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return this.#steadily(() => this.#send(method, path, sent, "application/json"));
  }

  /* Send bytes or a Blob; `progress(sent)` hears the bytes on their way. */
  put(path, body, progress) {
    return this.#steadily(() => this.#send("PUT", path, body, "application/octet-stream", progress));
  }

  /* A request made once, without waiting for anything; "platform.away" where nobody answers. */
  async once(method, path) {
    return checked(await this.#send(method, path));
  }

  async #steadily(send) {
    let lost = 0;
    for (;;) {
      await this.#gate.pass();
      const answer = await send();
      if (answer.status && lost && !AGAIN.has(answer.status)) this.#tell("online", {});
      if (SIGNED_OUT.has(answer.value?.code) || answer.status === 401) {
        if (!this.#gate.paused) this.#tell("signin", { code: answer.value?.code ?? "session.needed" });
        this.#gate.pause();
      } else if (!AGAIN.has(answer.status) && !(answer.status === 500 && lost < 3)) {
        return checked(answer);
      } else if (!answer.aborted) {
        lost += 1;
        await this.#wait(lost, answer);
      }
    }
  }

  /* Wait as long as the server says, else longer each time; a connection that comes back or a pause ends it. */
  async #wait(attempt, answer) {
    const seconds = Number(answer.after) || Math.min(LONGEST_WAIT, 2 ** attempt / 4) * (0.5 + Math.random());
    this.#tell("offline", { attempt, seconds, status: answer.status });
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      const end = () => (clearTimeout(timer), resolve());
      addEventListener("online", end, { once: true });
      this.#gate.signal.addEventListener("abort", end, { once: true });
    });
  }

  /* XMLHttpRequest, because fetch tells nothing of bytes sent. The answer: status (0 for a lost connection), text, value of its
     JSON, after (Retry-After), aborted (by us). */
  #send(method, path, body, type, progress) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open(method, path);
      if (body !== undefined) request.setRequestHeader("Content-Type", type);
      request.setRequestHeader("Accept", "application/json");
      if (method !== "GET") request.setRequestHeader("X-CSRF-Token", this.token);
      const { signal } = this.#gate;
      let timer = null;
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), STALLED);
      };
      const stop = () => request.abort();
      signal.addEventListener("abort", stop, { once: true });
      request.onprogress = alive;
      request.upload.onprogress = (event) => {
        alive();
        progress?.(event.loaded);
      };
      request.onloadend = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        const { status, responseText: text } = request;
        resolve({ status, text, value: json(text), after: request.getResponseHeader("Retry-After"), aborted: signal.aborted });
      };
      alive();
      request.send(body);
    });
  }
}

/* The answer of a request that went well; the server's refusal as a Problem in its own words. */
function checked(answer) {
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status === 0) throw new Problem("platform.away");
  const { code = "platform.answer", facts = {}, title = "", detail = "" } = answer.value ?? {};
  throw new Problem(code, { ...facts, status: answer.status }, title ? { title, detail } : null);
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/* Requests to the platform: refusals with their words, a lost network as such, a stale form token fetched anew. */

export class Refused extends Error {
  constructor(status, told) {
    super(told.code ?? String(status));
    [this.status, this.code, this.facts] = [status, told.code ?? "", told.facts ?? {}];
    this.words = [told.title, told.detail].filter(Boolean).join(" ");
  }
  /* Whether the same may succeed a little later. */
  get passing() {
    return this.status >= 500 || this.status === 429 || this.status === 401 || this.code === "form.token";
  }
}

const PATIENCE = 30_000;

export async function ask(path, body, headers = {}) {
  const plain = body instanceof Uint8Array;
  const answer = await fetch(path, {
    method: "POST",
    body: plain ? body : JSON.stringify(body),
    headers: {
      "Content-Type": plain ? "application/octet-stream" : "application/json",
      Accept: "application/json",
      "X-CSRF-Token": meta(document).content,
      ...headers,
    },
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.ok) return answer.json();
  const refused = new Refused(answer.status, await answer.json().catch(() => ({})));
  if (refused.code === "form.token") await renew();
  throw refused;
}

/* Whoever signed in again in another tab has another session, and this page's token is no longer one of it. */
async function renew() {
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  const found = meta(new DOMParser().parseFromString(await page.text(), "text/html"));
  if (found) meta(document).content = found.content;
}

const meta = (page) => page.querySelector('meta[name="form-token"]');

export const streams = (recording) => `/api/recordings/${encodeURIComponent(recording)}/streams`;
export const stream = (run) => `${streams(run.recording)}/${encodeURIComponent(run.stream)}`;

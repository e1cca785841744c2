/* The few requests that the bidder's pages make by themselves; a refusal is a Problem with the server's own words. */

import { Problem } from "../seal/problem.js";

/* The form token of this page, or the one of a session opened since in another tab. */
export const pageToken = () => document.querySelector('meta[name="form-token"]').content;

/* Send JSON and read JSON. */
export async function post(path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": pageToken(), Accept: "application/json" };
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/* Read JSON; null while the server says "not yet" (202). */
export async function get(path) {
  const told = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  return told.status === 202 ? null : answer(told);
}

/* Take over the session of another tab: its form token; null where somebody else, or nobody, is signed in. */
export async function takeSession(account) {
  const told = await fetch(location.pathname, { cache: "no-store", headers: { Accept: "text/html" } });
  const found = new DOMParser().parseFromString(await told.text(), "text/html");
  const [owner, token] = [found.querySelector("[data-account]"), found.querySelector('meta[name="form-token"]')];
  if (owner?.dataset.account !== account || !token) return null;
  document.querySelector('meta[name="form-token"]').content = token.content;
  return token.content;
}

async function answer(told) {
  const body = await told.json().catch(() => ({}));
  if (!told.ok) {
    const { code = "room.failed", facts = { why: told.status }, title, detail } = body;
    throw new Problem(code, facts, title ? { title, detail } : null);
  }
  return body;
}

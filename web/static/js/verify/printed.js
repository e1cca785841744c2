/** What the picture (QR) on a printed receipt says; apart from the checks, so that the page stays light. */

/** A section's id, as in every document. */
export const SECTION = /^[A-Z0-9][A-Z0-9.-]{0,63}\/[A-Z0-9][A-Z0-9.-]{0,63}$/;

/** What the picture on a printed receipt says, {bid, section, manifest (hex)}; null where an address ends otherwise. */
export function paperOf(hash) {
  const told = new URLSearchParams(hash.slice(1));
  const [bid, section, manifest] = ["bid", "section", "manifest"].map((name) => told.get(name) ?? "");
  const whole = /^[A-Za-z0-9_-]{1,64}$/.test(bid) && SECTION.test(section) && /^[0-9a-f]{64}$/.test(manifest);
  return whole ? { bid, section, manifest } : null;
}

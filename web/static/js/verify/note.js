/** Signed notes, checkpoints and co-signatures of the public log (C2SP signed-note, tlog-checkpoint, tlog-cosignature). */
import { b64, concat, hex, number, sameBytes, textOf, unb64, utf8 } from "./bytes.js";
import { SPACE } from "./fields.js";
import { verifyEd25519 } from "./keys.js";
import { Problem, require } from "./problem.js";
import { sha256 } from "./sha.js";

export const ED25519 = 1;
export const COSIGNATURE = 4;
export const LATEST = (1n << 63n) - 1n;

const MOST_BYTES = 1_000_000;
const MOST_SIGNATURES = 64;
const BAD_NAME = new RegExp(`[${SPACE}+\\x00-\\x1f]`);

/** The 4 bytes by which a signature line names its key. */
export const keyId = (name, algorithm, key) => sha256(concat(name, "\n", Uint8Array.of(algorithm), key)).slice(0, 4);

/** A key line `name+id+base64` as {name, algorithm, key, id}; `note.key` unless all agree. */
export function parseKey(line) {
  const [name, id = "", ...rest] = line.split("+");
  const material = keyMaterial(rest.join("+"));
  const algorithm = material[0];
  require(isName(name) && [ED25519, COSIGNATURE].includes(algorithm), "note.key", { why: "a bad name or algorithm" });
  const key = { name, algorithm, key: material.slice(1), id: keyId(name, algorithm, material.slice(1)) };
  require(hex(key.id) === id, "note.key", { why: "the id does not belong to the key" });
  return key;
}

/** The line of a key. */
export const keyLine = (key) => `${key.name}+${hex(key.id)}+${b64(concat(Uint8Array.of(key.algorithm), key.key))}`;

/** A note taken apart as {text, signatures: [{name, id, signed}]}; `note.malformed`. */
export function parseNote(data) {
  const note = noteText(data);
  const cut = note.lastIndexOf("\n\n");
  require(cut >= 0 && note.endsWith("\n"), "note.malformed", { why: "no blank line, or no newline at the end" });
  const lines = note.slice(cut + 2, -1).split("\n");
  require(lines.length <= MOST_SIGNATURES, "note.malformed", { why: `more than ${MOST_SIGNATURES} signatures` });
  return { text: note.slice(0, cut + 1), signatures: lines.map(signatureLine) };
}

/** The one line that names this key, or null; `log.signature-twice`. Not yet verified. */
export function signatureOf(note, key) {
  const lines = note.signatures.filter((line) => isOf(line, key));
  require(lines.length < 2, "log.signature-twice", { name: key.name });
  return lines[0] ?? null;
}

/** Whether a signature line names this key. */
export const isOf = (line, key) => line.name === key.name && sameBytes(line.id, key.id);

/** `log.unsigned`, `log.signature` unless the log's key has signed the note. */
export async function verifyNote(note, key) {
  const line = signatureOf(note, key);
  require(line !== null, "log.unsigned", { name: key.name });
  const sound = key.algorithm === ED25519 && (await verifyEd25519(key.key, utf8(note.text), line.signed));
  require(sound, "log.signature", { name: key.name });
}

/** The time (BigInt POSIX seconds) at which a witness states it saw this tree; `log.signature`. */
export async function verifyCosignature(text, line, key) {
  const time = number(line.signed.slice(0, 8));
  const sound = key.algorithm === COSIGNATURE && line.signed.length === 72 && time <= LATEST;
  const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
  require(sound && (await verifyEd25519(key.key, message, line.signed.slice(8))), "log.signature", { name: key.name });
  return time;
}

/** A checkpoint's note text as {origin, size (BigInt), root}; `checkpoint.malformed`. */
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  const whole = lines.length >= 4 && lines.pop() === "" && !lines.includes("");
  require(whole, "checkpoint.malformed", { why: "fewer than three lines, or an empty one" });
  const [origin, size, root] = lines;
  const plain = /^(0|[1-9][0-9]{0,18})$/.test(size) && BigInt(size) <= LATEST;
  require(plain, "checkpoint.malformed", { why: "the size is not a plain decimal number" });
  try {
    return { origin, size: BigInt(size), root: unb64(root, 32) };
  } catch {
    throw new Problem("checkpoint.malformed", { why: "the root is not 32 bytes of standard base64" });
  }
}

const isName = (name) => name !== "" && !BAD_NAME.test(name);

function keyMaterial(encoded) {
  try {
    return unb64(encoded, 33);
  } catch {
    throw new Problem("note.key", { why: "not 33 bytes of standard base64" });
  }
}

function noteText(data) {
  require(data.length <= MOST_BYTES, "note.malformed", { why: `longer than ${MOST_BYTES} bytes` });
  let text = null;
  try {
    text = textOf(typeof data === "string" ? utf8(data) : data);
  } catch {
    throw new Problem("note.malformed", { why: "not UTF-8" });
  }
  const lone = typeof data === "string" && /\p{Surrogate}/u.test(data);
  require(!lone && !/[\0-\t\v-\x1f]/.test(text), "note.malformed", { why: "a control character" });
  return text;
}

function signatureLine(line) {
  const [dash, name = "", ...rest] = line.split(" ");
  require(dash === "—" && isName(name), "note.malformed", { why: "a line after the blank line is no signature" });
  let data = null;
  try {
    data = unb64(rest.join(" "));
  } catch {
    throw new Problem("note.malformed", { why: "a signature is not standard base64" });
  }
  require(data.length >= 5, "note.malformed", { why: "a signature is too short" });
  return { name, id: data.slice(0, 4), signed: data.slice(4) };
}

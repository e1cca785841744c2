/** The evidence ZIP, which can be written in one way only: what is not exactly that is refused (docs/formats/evidence.md). */
import { compareBytes, concat, textOf, utf8 } from "./bytes.js";
import { Problem, require } from "./problem.js";

const LARGEST = 256 * 1024 * 1024;
const DATE = 0x0021;
const ASCII = /^[\0-\x7f]*$/;

let table = null;

/** The members by name; `evidence.zip` unless the bytes are the one form of their members. */
export function unpack(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = data.length - 22;
  hold(end >= 0 && view.getUint32(end, true) === 0x06054b50, "no end of a directory");
  const [count, start] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  const entries = directory(data, view, start, end, count);
  const members = new Map();
  let at = 0;
  for (const entry of entries) {
    hold(entry.at === at, "something stands between its members");
    const body = data.subarray(at + 30 + entry.name.length, at + 30 + entry.name.length + entry.size);
    hold(body.length === entry.size && crc32(body) === entry.crc, "a checksum is wrong");
    members.set(nameOf(entry.name), body);
    at += 30 + entry.name.length + entry.size;
  }
  hold(at === start && members.size === entries.length, "a member stands twice");
  hold(same(data, entries, start), "its bytes are not the one form of its members");
  return members;
}

/** Whether these bytes begin like a ZIP. */
export const isZip = (data) => data[0] === 0x50 && data[1] === 0x4b && (data[2] === 3 || data[2] === 5);

function directory(data, view, start, end, count) {
  const entries = [];
  let at = start;
  while (at < end) {
    hold(at + 46 <= end && view.getUint32(at, true) === 0x02014b50, "its directory is broken");
    const length = view.getUint16(at + 28, true);
    const entry = {
      crc: view.getUint32(at + 16, true),
      size: view.getUint32(at + 24, true),
      name: data.subarray(at + 46, at + 46 + length),
      at: view.getUint32(at + 42, true),
    };
    hold(view.getUint16(at + 10, true) === 0, "a member is compressed");
    entries.push(entry);
    at += 46 + length;
  }
  hold(at === end && entries.length === count, "its directory is broken");
  hold(entries.reduce((sum, entry) => sum + entry.size, 0) <= LARGEST, "it is too large");
  const sorted = entries.every((entry, place) => !place || compareBytes(entries[place - 1].name, entry.name) < 0);
  hold(sorted, "its members are not in order, or one stands twice");
  return entries;
}

/** Whether all but the members' bytes is what a writer would make of them; the bodies themselves are taken as they are. */
function same(data, entries, start) {
  const heads = entries.map((entry) => local(entry));
  if (!entries.every((entry, place) => equalAt(data, entry.at, heads[place]))) return false;
  const rows = entries.map(central);
  const size = rows.reduce((sum, row) => sum + row.length, 0);
  const last = packed([4, 0x06054b50], [2, 0], [2, 0], [2, rows.length], [2, rows.length], [4, size], [4, start], [2, 0]);
  return equalAt(data, start, concat(...rows, last));
}

function equalAt(data, at, expected) {
  return compareBytes(data.subarray(at, at + expected.length), expected) === 0;
}

const flags = (entry) => (ASCII.test(nameOf(entry.name)) ? 0 : 0x800);
const common = (entry) => [[2, flags(entry)], [2, 0], [2, 0], [2, DATE], [4, entry.crc], [4, entry.size], [4, entry.size]];

const local = (entry) =>
  concat(packed([4, 0x04034b50], [2, 20], ...common(entry), [2, entry.name.length], [2, 0]), entry.name);

const central = (entry) =>
  concat(
    packed([4, 0x02014b50], [2, 0x0314], [2, 20], ...common(entry), [2, entry.name.length], [2, 0], [2, 0], [2, 0],
      [2, 0], [4, (0o644 << 16) >>> 0], [4, entry.at]),
    entry.name,
  );

/** Little-endian numbers, each given as [bytes, value]. */
function packed(...fields) {
  const found = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(found.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return found;
}

function nameOf(bytes) {
  try {
    const name = textOf(bytes);
    hold(compareBytes(utf8(name), bytes) === 0, "a name is not UTF-8");
    return name;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("evidence.zip", { why: "a name is not UTF-8" });
  }
}

function crc32(data) {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = 0xffffffff;
  for (let at = 0; at < data.length; at += 1) crc = (crc >>> 8) ^ table[(crc ^ data[at]) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

function hold(holds, why) {
  require(holds, "evidence.zip", { why });
}

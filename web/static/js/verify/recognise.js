/** What a file is, told by its content and never by its name. */
import { textOf } from "./bytes.js";
import { isObject, read } from "./json.js";
import { isLottery } from "./lottery.js";
import { isZip } from "./zip.js";

const HEAD = 64;
const LARGEST_TEXT = 64 * 1024 * 1024;
const LARGEST_ZIP = 260 * 1024 * 1024;

/** The kinds that are checked by themselves, the first of them first. */
export const MAIN = ["evidence", "receipt", "draw", "lottery", "evaluation", "checkpoint"];

/** A file {name, blob} with its `kind` and, unless it is a container, its `data`; kind `unknown` or `large` otherwise. */
export async function recognise(file) {
  const head = new Uint8Array(await file.blob.slice(0, HEAD).arrayBuffer());
  if (startsWith(head, "sealed-bid/v1\n")) return { ...file, kind: "container" };
  const zip = isZip(head);
  if (file.blob.size > (zip ? LARGEST_ZIP : LARGEST_TEXT)) return { ...file, kind: "large" };
  const data = new Uint8Array(await file.blob.arrayBuffer());
  return { ...file, data, kind: zip ? "evidence" : kindOfText(data) };
}

function startsWith(head, text) {
  return [...text].every((sign, at) => head[at] === sign.charCodeAt(0));
}

function kindOfText(data) {
  let text = null;
  try {
    text = textOf(data);
  } catch {
    return "unknown";
  }
  if (/^\s*\{/.test(text)) return kindOfJson(data, text);
  if (text.includes("\n\n\u2014 ")) return "checkpoint";
  return /^[ \t]*log[ \t]+\S+\+[0-9a-f]{8}\+/m.test(text) ? "policy" : "unknown";
}

function kindOfJson(data, text) {
  let value = null;
  try {
    value = read(data);
  } catch {
    return text.includes('"receipt/v1"') ? "receipt" : "unknown";
  }
  if (!isObject(value)) return "unknown";
  if (value.format === "manifest/v1") return "manifest";
  if (isLottery(value)) return "lottery";
  if (text.includes('"receipt/v1"') || (value.proof && value.salt && value.event)) return "receipt";
  if (value.pool && value.seed) return "draw";
  return value.method && value.bids ? "evaluation" : "unknown";
}

/* What a file is by its first bytes, and a PDF made ready: no scripts, no forms, no eval, no properties asked for. */

import * as pdfjs from "../../../vendor/pdfjs/pdf.min.mjs";
import { Refusal } from "./source.js";

const VENDOR = new URL("../../../vendor/pdfjs/", import.meta.url).href;
export const PIECE = 131072; // the bytes of one range at least: measured, see docs/decisions/0009
pdfjs.GlobalWorkerOptions.workerSrc = `${VENDOR}pdf.worker.min.mjs`;

const PICTURES = [[0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff]];
const begins = (bytes, mark) => mark.every((one, at) => bytes[at] === one);

/* {kind: "pdf", pdf} · "image" · "other" · "empty" · "broken" · "locked"; a `Refusal` where it may not be read. */
export async function opened(source) {
  const bytes = await source.begin();
  if (!source.size) return { kind: "empty" };
  if (PICTURES.some((mark) => begins(bytes, mark))) return { kind: "image" };
  if (!new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).includes("%PDF-")) return { kind: "other" };
  return pdfOf(source, bytes);
}

async function pdfOf(source, bytes) {
  let refused;
  const lost = new Promise((_, refuse) => (refused = refuse));
  lost.catch(() => {});
  const task = pdfjs.getDocument({
    ...(bytes.length >= source.size ? { data: bytes } : { range: transport(source, bytes, refused) }),
    rangeChunkSize: PIECE,
    disableAutoFetch: true,
    disableStream: true,
    isEvalSupported: false,
    enableXfa: false,
    stopAtErrors: false,
    useSystemFonts: false,
    cMapUrl: `${VENDOR}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${VENDOR}standard_fonts/`,
    verbosity: 0,
  });
  try {
    const pdf = await Promise.race([task.promise, lost]);
    if (!pdf.numPages) return { kind: "empty" };
    return { kind: "pdf", pdf, lost, end: () => task.destroy() };
  } catch (error) {
    task.destroy();
    if (error instanceof Refusal) throw error;
    return { kind: error?.name === "PasswordException" ? "locked" : "broken" };
  }
}

function transport(source, bytes, refused) {
  const ranges = new pdfjs.PDFDataRangeTransport(source.size, bytes);
  ranges.requestDataRange = (start, stop) => {
    source.range(start, stop).then((piece) => ranges.onDataRange(start, piece), (error) => refused(error));
  };
  return ranges;
}

export const { TextLayer, AnnotationMode } = pdfjs;

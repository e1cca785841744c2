/* Reading a file's bytes. */

import { Problem } from "./problem.js";

const WINDOW = 8 << 20;
/* Of a stream, at a time: what fits the processor's cache. */
const PIECE = 1 << 20;

export const sizeOf = (source) => source.size ?? source.length;

/* read(from, to) of a File, Blob or bytes; "plan.file-changed" where the file on disk is no longer the one chosen. */
export function reader(source) {
  if (source instanceof Uint8Array) return async (from, to) => source.subarray(from, to);
  return async (from, to) => {
    const bytes = await source.slice(from, to).arrayBuffer().catch(() => null);
    if (bytes?.byteLength === to - from) return new Uint8Array(bytes);
    throw new Problem("plan.file-changed", { name: source.name ?? "" });
  };
}

/* The same for long pieces in order that begin where the last one ended, or a little before: a large file comes as one stream,
   read by a Worker beside this one, for whoever encrypts and hashes cannot empty a stream meanwhile. Memory that is touched for the
   first time costs more than reading, so what is read is good only until two more pieces are asked for. `end()` ends the Worker. */
export function streamed(source) {
  const plain = reader(source);
  if (sizeOf(source) <= WINDOW || source instanceof Uint8Array || !streams()) return Object.assign(plain, { end() {} });
  const file = self.Worker ? new Beside(source) : new Stream(source);
  const pieces = new Pieces(file, source);
  let before = Promise.resolve();
  const read = (from, to) => {
    const found = before.then(() => pieces.read(from, to));
    before = found.catch(() => {});
    return found;
  };
  return Object.assign(read, { end: () => file.end() });
}

/* What two neighbouring pieces share is read once. */
class Pieces {
  #file;
  #source;
  #last = { from: 0, to: -1, bytes: null };
  #rooms = [new ArrayBuffer(0), new ArrayBuffer(0)];

  constructor(file, source) {
    [this.#file, this.#source] = [file, source];
  }

  async read(from, to) {
    const size = to - from;
    // Two rooms take turns: the one that holds the last piece is left alone.
    this.#rooms.reverse();
    const room = this.#rooms[0].byteLength < size ? new ArrayBuffer(size + PIECE) : this.#rooms[0];
    const at = this.#goOn(from, new Uint8Array(room, 0, size));
    try {
      this.#rooms[0] = await this.#file.fill(room, at, from + at, to);
    } catch (error) {
      [this.#last.to, this.#rooms[0]] = [-1, new ArrayBuffer(0)];
      throw error instanceof Problem ? error : new Problem("plan.file-changed", { name: this.#source.name ?? "" });
    }
    this.#last = { from, to, bytes: new Uint8Array(this.#rooms[0], 0, size) };
    return this.#last.bytes;
  }

  /* How much of the piece is there already, of the one before it. */
  #goOn(from, bytes) {
    const { from: first, to, bytes: last } = this.#last;
    if (from < first || to < from || from + bytes.length < to) return 0;
    bytes.set(last.subarray(from - first));
    return to - from;
  }
}

/* A file as one stream, begun anew where it is read from another place than the last one's end. */
export class Stream {
  #source;
  #open = null;
  #at = -1;
  #piece = new ArrayBuffer(PIECE);

  constructor(source) {
    this.#source = source;
  }

  /* Put the file's bytes from `from` to before `to` into a buffer from `at` on; refused where they are not there. Its buffer. */
  async fill(room, at, from, to) {
    const bytes = new Uint8Array(room, at, to - from);
    try {
      if (from !== this.#at) this.#begin(from);
      for (let done = 0; done < bytes.length; done += await this.#next(bytes, done));
    } catch (error) {
      [this.#at, this.#piece] = [-1, new ArrayBuffer(PIECE)];
      throw error;
    }
    this.#at = to;
    return room;
  }

  end() {
    this.#open?.cancel().catch(() => {});
  }

  #begin(from) {
    this.end();
    this.#open = this.#source.slice(from).stream().getReader({ mode: "byob" });
  }

  async #next(bytes, at) {
    const { value, done } = await this.#open.read(new Uint8Array(this.#piece, 0, Math.min(PIECE, bytes.length - at)));
    if (done) throw new Error("end of file");
    this.#piece = value.buffer;
    bytes.set(value, at);
    return value.length;
  }
}

/* The same by a Worker of its own; one piece at a time. "seal.failed" where the Worker does not start or breaks down. */
class Beside {
  #worker = new Worker(new URL("./reading_worker.js", import.meta.url), { type: "module" });
  #answer = null;
  #broken = null;

  constructor(source) {
    this.#worker.onmessage = ({ data }) => (data.room ? this.#answer.resolve(data.room) : this.#answer.reject());
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#broken = new Problem("seal.failed", { why: event.message ?? "worker" });
      this.#answer?.reject(this.#broken);
    };
    this.#worker.postMessage({ source });
  }

  fill(room, at, from, to) {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#worker.postMessage({ room, at, from, to }, [room]);
    });
  }

  end() {
    this.#worker.terminate();
  }
}

/* Whether this browser streams files into buffers it is given. */
function streams() {
  try {
    return Boolean(new Blob([]).stream().getReader({ mode: "byob" }));
  } catch {
    return false;
  }
}

/* The same for small pieces in order. Asking the browser costs as much as reading: a file comes in windows, the next one while
   one is used. */
export function inWindows(source) {
  const [load, size] = [reader(source), sizeOf(source)];
  let [at, now, next] = [-1, null, null];
  const begin = (number) => {
    if (number * WINDOW >= size) return null;
    const bytes = load(number * WINDOW, Math.min(size, (number + 1) * WINDOW));
    bytes.catch(() => {}); // refused where it is read
    return bytes;
  };
  return async (from, to) => {
    const number = Math.floor(from / WINDOW);
    if (from >= to || Math.floor((to - 1) / WINDOW) !== number) return load(from, to);
    if (number !== at) [at, now, next] = [number, (number === at + 1 && next) || begin(number), begin(number + 1)];
    const start = number * WINDOW;
    return (await now).subarray(from - start, to - start);
  };
}

/* Reads a file beside the Worker that seals it: fills the buffers it is handed, and hands them back. */

import { Stream } from "./reading.js";

let stream = null;

self.onmessage = async ({ data: { source, room, at, from, to } }) => {
  if (source) {
    stream = new Stream(source);
    return;
  }
  try {
    await stream.fill(room, at, from, to);
    self.postMessage({ room }, [room]);
  } catch {
    self.postMessage({ room: null });
  }
};

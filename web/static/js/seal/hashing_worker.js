/* The Worker beside the sealing Worker: hashes the buffers it is handed, and hands them back. */

import { hashHere } from "./merkle.js";

self.onmessage = async ({ data: { id, buffer, used } }) => {
  const hashed = await hashHere(buffer, used);
  self.postMessage({ id, ...hashed }, [buffer.buffer]);
};

/** The checks in a thread of their own, so that the page stays alive while a large file is read. */
import { check } from "./checks.js";

self.onmessage = async ({ data: { files, policy } }) => {
  const result = await check(files, policy, (event) => self.postMessage({ event }));
  self.postMessage({ result });
};
self.postMessage({ ready: true });

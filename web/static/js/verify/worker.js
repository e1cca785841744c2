/** The checks in a thread of their own, so that the page stays alive while a large file is read. */
import { check } from "./checks.js";

self.onmessage = async ({ data: { files, policy, paper } }) => {
  const result = await check(files, policy, (event) => self.postMessage({ event }), paper);
  self.postMessage({ result });
};
self.postMessage({ ready: true });

/* One tab at a time: what one tab works on, another leaves alone. */

import { Problem } from "./problem.js";

/* Hold a name for this tab until the answer is called; "plan.other-tab" where another has it. */
export function alone(name) {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) throw new Problem("plan.other-tab");
        return new Promise((release) => resolve(release));
      })
      .catch(reject);
  });
}

/* Waits for a receipt: asks now and then, and shows the page anew when it is there. */

import { get } from "./platform.js";

const LONGEST = 8000;

async function wait(place) {
  for (let pause = 500; ; pause = Math.min(LONGEST, pause * 1.5)) {
    await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
    if (await get(place).catch(() => null)) break;
  }
  location.reload();
}

wait(document.getElementById("pending").dataset.at);

/* One file for several places: chosen once, it fills every slot that remembers it, in this room and in the rooms of other
   sections that stand open in other tabs; an empty slot may take what another has. Files never leave the browser. */

export class Repicking {
  #sealing;
  #channel;
  #files = new Map();

  constructor(account, sealing) {
    this.#sealing = sealing;
    this.#channel = new BroadcastChannel(`openhall files ${account}`);
    this.#channel.onmessage = ({ data }) => {
      if (data.wanted && this.#files.size) this.#channel.postMessage({ offered: [...new Set(this.#files.values())] });
      if (data.offered) for (const file of data.offered) this.fill(file).catch(() => {}); // nobody asked for it here
    };
    if (this.remembered.length) this.#channel.postMessage({ wanted: true });
  }

  /* The slots whose file was chosen before and is not in hand. */
  get remembered() {
    const { state, slots } = this.#sealing.plan;
    return ["empty", "choosing"].includes(state) ? slots.filter(({ name, chosen }) => name && !chosen) : [];
  }

  /* A file was chosen for a part: others that remember it get it too. */
  async took(part, file) {
    this.#files.set(part, file);
    this.#channel.postMessage({ offered: [file] });
    await this.fill(file);
  }

  left(part) {
    this.#files.delete(part);
  }

  /* The file that stands in another slot than this one, the last that was chosen; null where there is none. */
  other(part) {
    const found = [...this.#files].filter(([at]) => at !== part).at(-1);
    return found ? found[1] : null;
  }

  /* Give a file to every slot that remembers it by name, size and content: how many took it. */
  async fill(file) {
    let taken = 0;
    for (const { part, name, size } of this.remembered) {
      if (name !== file.name || size !== file.size) continue;
      const took = await this.#sealing.choose(part, file).then(() => true, (error) => {
        if (error.code === "plan.other-content") return false;
        throw error;
      });
      if (took) this.#files.set(part, file);
      taken += took;
    }
    return taken;
  }
}

/* Stretches of work shared out among Workers: runs of them, for neighbours are read in one go, the shorter the less is left. */

/* Stretches a lane holds: one is read while one is made. */
const DEPTH = 2;
/* Stretches of a run. */
const LONGEST = 16;

/* The lane of this Worker itself. `read(from, to)` gives the file's bytes. */
export class Lane {
  #work;
  #read;
  #before = Promise.resolve();

  constructor(work, read) {
    [this.#work, this.#read] = [work, read];
  }

  /* What the work makes of a stretch. It is read at once and made when those before it are; refused as reading is. */
  take(number, tell) {
    const read = this.#read(...this.#work.span(number));
    const made = this.#before.then(async () => this.#work.make(number, await read, tell));
    // Refusals are thrown where the stretch is awaited; until then they are nobody's.
    this.#before = made.catch(() => {});
    read.catch(() => {});
    return made;
  }

  /* The bytes of a stretch that nobody needs any more. */
  back(bytes) {
    this.#work.back(bytes);
  }
}

/* Every stretch of a work through some lane, in flat memory: { leaves, plain } in their order. `keep(bytes, at)` gets the bytes
   of each, in order where there is one lane, good until it answers; `tell(bytes)` hears what is done, `pass()` is waited for before
   a stretch is taken. What one lane refuses ends the others too. */
export async function through(work, lanes, { keep = null, tell, pass }) {
  const [leaves, plain, runs] = [[], [], new Runs(work.count, lanes.length)];
  let refused = false;
  const take = (lane, number) => {
    const made = lane.take(number, tell).then((found) => ({ number, ...found }));
    made.catch(() => {});
    return made;
  };
  const drive = async (lane, index) => {
    const taken = [];
    while (!refused) {
      // One at a time, with a wait between: so that each lane has something before one has two.
      for (let number = 0; taken.length < DEPTH && number !== null; ) {
        await pass();
        number = runs.next(index);
        if (number !== null) taken.push(take(lane, number));
      }
      if (!taken.length) return;
      const made = await taken.shift();
      [leaves[made.number], plain[made.number]] = [made.leaves, made.plain ?? []];
      if (refused) return;
      await keep?.(made.bytes, made.at);
      lane.back(made.bytes);
    }
  };
  const refuse = (error) => {
    refused = true;
    throw error;
  };
  await Promise.all(lanes.map((lane, index) => drive(lane, index).catch(refuse)));
  return { leaves: leaves.flat(), plain: plain.flat() };
}

/* Numbers from 0 to before `count` for so many takers. */
class Runs {
  #count;
  #given = 0;
  #runs;

  constructor(count, takers) {
    this.#count = count;
    this.#runs = Array.from({ length: takers }, () => ({ next: 0, end: 0 }));
  }

  /* The next number of this taker's run, or of a new one; null where nothing is left. */
  next(taker) {
    const run = this.#runs[taker];
    if (run.next === run.end) {
      run.next = this.#given;
      this.#given += Math.min(LONGEST, Math.ceil((this.#count - this.#given) / (2 * this.#runs.length)));
      run.end = this.#given;
    }
    return run.next === run.end ? null : run.next++;
  }
}

/** A refusal: a code of the platform's catalogue, the facts of its sentence, and `where` in the file it arose. */
export class Problem extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/** Throws the refusal unless it holds. */
export function require(holds, code, facts) {
  if (!holds) throw new Problem(code, facts);
}

/** Runs an act (sync or not); a refusal from inside tells where in the file it stands, unless it says so already. */
export async function placed(where, act) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem) || error.facts.where !== undefined) throw error;
    throw new Problem(error.code, { ...error.facts, where });
  }
}

/** As `placed`, for an act that is not awaited. */
export function placedNow(where, act) {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Problem) || error.facts.where !== undefined) throw error;
    throw new Problem(error.code, { ...error.facts, where });
  }
}

/** Runs a sync reading; every refusal from inside becomes the document's own, naming the field. */
export function refusingAs(code, read) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === code) throw error;
    const path = String(error.facts.path ?? "$").replace(/^\$\.?/, "");
    throw new Problem(code, { field: path || "document" });
  }
}

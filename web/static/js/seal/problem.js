/* A refusal: `code` is `noun.reason` as in Python, `facts` what its sentence needs; `told` is the server's own wording. */

export class Problem extends Error {
  constructor(code, facts = {}, told = null) {
    super(code);
    this.name = "Problem";
    this.code = code;
    this.facts = facts;
    this.told = told;
  }

  /* A form that passes between a Worker and its page. */
  plain() {
    return { code: this.code, facts: this.facts, told: this.told };
  }

  static of({ code, facts, told }) {
    return new Problem(code, facts, told);
  }

  /* Whatever was thrown in a Worker; "seal.failed" for what is no refusal. */
  static from(error) {
    return error instanceof Problem ? error : new Problem("seal.failed", { why: `${error.name}: ${error.message}` });
  }
}

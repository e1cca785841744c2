/* The opening form 开标一览表 `opening-form/v1`: the few items that are read out, as canonical bytes. */

import { canonical } from "./canonical.js";
import { consortiumFault } from "./consortium.js";
import { Problem } from "./problem.js";

const LONGEST = 200;

/* The form's bytes; `price` in yuan with at most two decimals, `duration` in days, all as text; `consortium` of a bidder who
   leads one, { share, work, members: [{ name, code, share, work }] }. Refuses as the opening does: "opening-form.fields",
   ".text", ".price", ".duration", ".consortium", "money.not-an-amount". */
export function makeForm({ price, duration, quality, leader, consortium = null }) {
  const form = checked({ format: "opening-form/v1", price, duration, quality, leader });
  checkPrice(price);
  return timed(form, consortium);
}

/* The form of a first envelope 第一信封, `first-form/v1`: the same without a price. */
export function makeFirstForm({ duration, quality, leader, consortium = null }) {
  return timed(checked({ format: "first-form/v1", duration, quality, leader }), consortium);
}

/* The form of a second envelope 第二信封, `price-form/v1`: the price alone. */
export function makePriceForm(price) {
  const form = checked({ format: "price-form/v1", price });
  checkPrice(price);
  return canonical(form);
}

function checked(form) {
  const values = Object.values(form);
  if (!values.every((value) => typeof value === "string" && [...value].length <= LONGEST)) {
    throw new Problem("opening-form.fields");
  }
  // Control signs cannot be read out, and NUL or half a surrogate pair cannot even be stored.
  if (values.some((value) => /[\p{Cc}\p{Surrogate}]/u.test(value))) throw new Problem("opening-form.text");
  return form;
}

function checkPrice(price) {
  if (!/^-?[0-9]+(\.[0-9]{1,2})?$/.test(price)) throw new Problem("money.not-an-amount", { text: price });
  if (price.startsWith("-") || /^[0.]+$/.test(price)) throw new Problem("opening-form.price", { price });
}

function timed(form, consortium) {
  const { duration } = form;
  if (!/^[1-9][0-9]{0,4}$/.test(duration)) throw new Problem("opening-form.duration", { duration });
  if (!consortium) return canonical(form);
  const field = consortiumFault(consortium);
  if (field) throw new Problem("opening-form.consortium", { field });
  return canonical({ ...form, consortium });
}

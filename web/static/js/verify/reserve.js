/** The reserve price in the evidence: sealed in time by the procuring side, told after the prices as it was sealed. */
import { b64, sameBytes, unb64, utf8 } from "./bytes.js";
import { inOrder } from "./dossier.js";
import { equal, isObject, parse } from "./json.js";
import { placed, Problem, require } from "./problem.js";
import { commitmentTo, parseManifest } from "./sealed.js";
import { holdAll } from "./tender.js";

const PART = "reserve-price";
const FORMAT = "reserve-price/v1";
const LARGEST = 65536;
const SEALED = "reserve-price.sealed";
const OPENED = "reserve-price.opened";
const UNOPENED = "reserve-price.unopened";

/** The reserve price as told, { name, price, reason }, null where none was sealed or no price told. */
export async function checkReserves(dossier, tender, opened) {
  const sealed = [];
  for (const event of dossier.all(SEALED)) sealed.push(await checkSealed(dossier, tender, opened, event));
  const told = dossier.all(OPENED, UNOPENED);
  const [first, last] = tender.second ? ["price.opened", "marks.published"] : ["section.opened", "section.opened"];
  const [may, must] = [first, last].map((name) => sealed.length > 0 && dossier.all(name).length > 0);
  for (const event of may ? told.slice(1) : told) hold({ told: false }, event);
  if (must && !told.length) hold({ untold: false }, dossier.all(SEALED).at(-1));
  if (!told.length) return null;
  const [event, { manifest, signer }] = [told[0], sealed.at(-1)];
  checkPlace(dossier, tender, event);
  hold({ manifest: event.facts.manifest === b64(manifest.digest) }, event);
  const name = signer.subject;
  if (event.name === UNOPENED) return { name, price: null, reason: event.facts.reason };
  const data = utf8(event.facts.form);
  const found = commitmentTo(unb64(event.facts.form_salt), data);
  hold({ form: sameBytes(found, manifest.parts[0].commit), body: event.facts.body === signer.serial }, event);
  return { name, price: await placed(event.where, () => readReserve(data)), reason: null };
}

/** What was sealed, for this section alone and in time, and who signed for it: none of the bidders. */
async function checkSealed(dossier, tender, opened, event) {
  inOrder(tender.notice, event, dossier.one("section.closed"));
  require(event.at < tender.deadline, "evidence.late", { where: event.where });
  const found = await placed(event.where, async () => {
    const manifest = parseManifest(utf8(event.facts.manifest));
    const here = manifest.section === dossier.section && manifest.round === (tender.second ? "2" : "1");
    require(here, "seal.section", { expected: dossier.section, found: manifest.section });
    const alone = manifest.parts.length === 1 && manifest.parts[0].part === PART && manifest.parts[0].size <= LARGEST;
    require(alone, "reserve.parts");
    const { certificate, signature } = event.facts;
    const signer = await dossier.signed(unb64(certificate), unb64(signature), manifest.digest, event.at);
    return { manifest, signer };
  });
  hold({ signer: [...opened.values()].every((one) => one.bid.bidder.serial !== found.signer.serial) }, event);
  return found;
}

/** After the last price, before the first mark; of two envelopes before the marks are published. */
function checkPlace(dossier, tender, event) {
  for (const price of dossier.all(tender.second ? "price.opened" : "bid.opened")) inOrder(price, event);
  if (!tender.second) inOrder(dossier.one("section.opened"), event, ...dossier.all("marks.locked").slice(0, 1));
  for (const published of dossier.all("marks.published")) inOrder(event, published);
}

function readReserve(data) {
  const told = parse(data);
  const whole = isObject(told) && equal(Object.keys(told).sort(), ["format", "price"]) && told.format === FORMAT;
  require(whole, "reserve.fields");
  const { price } = told;
  const right = typeof price === "string" && /^(0|[1-9][0-9]{0,14})\.[0-9]{2}$/.test(price) && /[1-9]/.test(price);
  if (!right) throw new Problem("reserve.price", { price: String(price).slice(0, 40) });
  return price;
}

const hold = (right, { where }) => holdAll(right, "evidence.reserve", { where });

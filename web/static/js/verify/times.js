/** Time tokens (RFC 3161) in the evidence: each about a checkpoint that holds an event that binds. Signatures are not checked here. */
import { concat, hex, unb64, utf8 } from "./bytes.js";
import { jsonMember } from "./dossier.js";
import { parseProof, verifyProof } from "./entry.js";
import { arrayAt, countAt, membersAt, textAt } from "./fields.js";
import { parseNote } from "./note.js";
import { placed, require } from "./problem.js";
import { sha256 } from "./sha.js";

export const TOKENS = "time-tokens.json";

const BOUND = ["section.closed", "draw.frozen", "draw.revealed", "marks.published"];
const SHA256_IMPRINT = "300b0609608648016503040201";
const SHA256_NULL_IMPRINT = "300d06096086480165030402010500";
const MOST = 2 ** 31;

/** How many tokens the file brings; the command line checks whose they are. */
export async function checkTokens(dossier) {
  const rows = arrayAt(jsonMember(dossier.members, TOKENS), "$");
  const bound = new Map(dossier.all(...BOUND).map((one) => [one.number, one]));
  for (const [place, row] of rows.entries()) {
    await placed(`${TOKENS}, token ${place + 1}`, () => checkToken(dossier, row, bound));
  }
  return { tokens: rows.length };
}

async function checkToken(dossier, row, bound) {
  const found = membersAt(row, "$", ["number", "authority", "proof", "token"]);
  const event = bound.get(countAt(found.number, "$.number", 1, MOST));
  require(event !== undefined, "evidence.time-token", { why: "it is about no event of this file that binds" });
  const proof = parseProof(textAt(found.proof, "$.proof"));
  require(proof.extra === null, "evidence.extra");
  await verifyProof(proof, event.entry, dossier.policy);
  textAt(found.authority, "$.authority");
  const token = hex(unb64(textAt(found.token, "$.token")));
  const digest = hex(sha256(stamped(proof.checkpoint, dossier.policy.log.name)));
  const about = [SHA256_IMPRINT, SHA256_NULL_IMPRINT].some((kind) => token.includes(`${kind}0420${digest}`));
  require(about, "log.time-token", { why: "it is about something else" });
}

/** What a token is over: the checkpoint's text and the log's own signature line. */
function stamped(note, origin) {
  const { text } = parseNote(note);
  const lines = note.slice(text.length + 1).split("\n").filter((line) => line.split(" ")[1] === origin);
  return concat(utf8(`${text}\n`), ...lines.map((line) => utf8(`${line}\n`)));
}

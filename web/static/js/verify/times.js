/** Time tokens (RFC 3161) in the evidence: what an authority outside platform and trustees signed about the events that bind. */
import { concat, sameBytes, unb64, utf8 } from "./bytes.js";
import { jsonMember } from "./dossier.js";
import { parseProof, verifyProof } from "./entry.js";
import { arrayAt, countAt, membersAt, textAt } from "./fields.js";
import { parseNote } from "./note.js";
import { placed, require } from "./problem.js";
import { sha256 } from "./sha.js";
import { MINUTE, told } from "./time.js";
import { holdsBy, readToken } from "./timetoken.js";

export const TOKENS = "time-tokens.json";

const BOUND = ["section.closed", "draw.frozen", "draw.revealed", "marks.published"];
const MOST = 2 ** 31;
const MOST_BYTES = 65_536;
const SKEW = 2n * MINUTE;

/** How many tokens the file brings, and how many hold by authorities that the policy names: others prove nothing here. */
export async function checkTokens(dossier) {
  const rows = arrayAt(jsonMember(dossier.members, TOKENS), "$");
  const bound = new Map(dossier.all(...BOUND).map((one) => [one.number, one]));
  let judged = 0;
  for (const [place, row] of rows.entries()) {
    judged += Number(await placed(`${TOKENS}, token ${place + 1}`, () => checkToken(dossier, row, bound)));
  }
  return { tokens: rows.length, judged };
}

async function checkToken(dossier, row, bound) {
  const found = membersAt(row, "$", ["number", "authority", "proof", "token"]);
  const event = bound.get(countAt(found.number, "$.number", 1, MOST));
  require(event !== undefined, "evidence.time-token", { why: "it is about no event of this file that binds" });
  const proof = parseProof(textAt(found.proof, "$.proof"));
  require(proof.extra === null, "evidence.extra");
  await verifyProof(proof, event.entry, dossier.policy);
  const [name, der] = [textAt(found.authority, "$.authority"), unb64(textAt(found.token, "$.token"))];
  require(der.length <= MOST_BYTES, "log.time-token", { why: `longer than ${MOST_BYTES} bytes` });
  const token = readToken(der);
  const about = sameBytes(token.digest, sha256(stamped(proof.checkpoint, dossier.policy.log.name)));
  require(about, "log.time-token", { why: "it is about something else" });
  const anchor = dossier.policy.timestamps.get(name);
  if (anchor === undefined || !(await holdsBy(token, anchor))) return false;
  require(token.at >= event.at - SKEW, "evidence.time-token", { why: `it is of ${told(token.at)}, before its event` });
  return true;
}

/** What a token is over: the checkpoint's text and the log's own signature line. */
function stamped(note, origin) {
  const { text } = parseNote(note);
  const lines = note.slice(text.length + 1).split("\n").filter((line) => line.split(" ")[1] === origin);
  return concat(utf8(`${text}\n`), ...lines.map((line) => utf8(`${line}\n`)));
}

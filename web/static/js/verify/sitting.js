/** A committee's sitting: marks locked in the time set for them, nothing done while the room was sealed. */
import { SLACK } from "./dossier.js";
import { has } from "./json.js";
import { require } from "./problem.js";
import { REOPENED } from "./rounds.js";
import { instant } from "./time.js";

const PAUSED = "evaluation.paused";
/** What is done in the room, and what only follows from it: nothing of it while the room is sealed. */
const ACTS = new Set([
  "marks.locked", "marking-time.asked", "evaluation.timed", "examination.locked", "resolution.moved", "resolution.voted",
  "inquiry.drafted", "inquiry.sent", "inquiry.refused", "consolidation.begun", "marks.published", PAUSED, REOPENED,
]);

/** Every pause ended before anything went on, the time was never shortened, nobody locked after it; `evidence.sitting`. */
export function checkSitting(dossier, judges) {
  const sitting = new Sitting(dossier.section, judges);
  for (const event of dossier.events) sitting.follow(event);
  return sitting.pauses;
}

class Sitting {
  constructor(section, judges) {
    Object.assign(this, { section, judges, pauses: 0, until: null, asked: new Set(), paused: null });
  }

  follow(event) {
    hold("pause", event, this.paused === null || !ACTS.has(event.name));
    if (event.name === "evaluation.timed") this.set(event);
    else if (event.name === "marking-time.asked") {
      const { judge } = event.facts;
      hold("time", event, this.until !== null);
      const own = this.judges.has(judge) && event.subject === `${this.section}#${judge}`;
      hold("judge", event, own && !this.asked.has(judge));
      this.asked.add(judge);
    } else if (event.name === PAUSED) {
      hold("until", event, instant(event.facts.resumes, event.where) > event.at - SLACK);
      this.paused = event;
      this.pauses += 1;
    } else if (event.name === "evaluation.resumed") this.resume(event);
    else if (event.name === REOPENED) {
      this.until = null;
      this.asked.clear();
    } else if (event.name === "marks.locked") {
      const late = this.until !== null && event.at > this.until + SLACK;
      hold("time", event, !late || this.asked.size * 3 > this.judges.size);
    }
  }

  set(event) {
    const until = instant(event.facts.until, event.where);
    hold("until", event, until > (this.until ?? event.at - SLACK));
    hold("asked", event, event.facts.asked === this.asked.size);
    this.until = until;
    this.asked.clear();
  }

  resume(event) {
    hold("pause", event, this.paused !== null);
    const away = event.at - this.paused.at;
    hold("until", event, has(event.facts, "until") === (this.until !== null));
    if (this.until !== null) {
      const shifted = instant(event.facts.until, event.where);
      const apart = shifted - this.until - away;
      hold("until", event, (apart < 0n ? -apart : apart) <= SLACK);
      this.until = shifted;
    }
    this.paused = null;
  }
}

const hold = (field, { where }, holds) => require(holds, "evidence.sitting", { field, where });

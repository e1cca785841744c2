"""What the Verify page says of each step and verdict: msgids with `{facts}` that its scripts fill in."""

from web.i18n import N_

STEPS = {
    "zip": N_("The file is whole"),
    "index": N_("Every part is the listed one"),
    "policy": N_("Whose keys count"),
    "log": N_("Every event stands in the public log"),
    "members": N_("Nothing is missing, nothing added"),
    "times": N_("Time tokens are about these events"),
    "tender": N_("The tender was fixed before the notice"),
    "bids": N_("Bids were signed and in time"),
    "invited": N_("Only those invited handed in"),
    "closing": N_("The list of bids is complete"),
    "opening": N_("Bids were opened as they were sealed"),
    "factors": N_("Bidders' factors were taken as promised"),
    "late-keys": N_("Keys that came late had their limit"),
    "remedies": N_("What was shown in plain is what was sealed"),
    "record": N_("The opening record was answered as the rules say"),
    "draw": N_("The judges were drawn as the seed says"),
    "committee": N_("The committee is the drawn one"),
    "list": N_("The list of judges was signed by two"),
    "second": N_("Prices were opened after the marks were locked"),
    "unopened": N_("Too few bids: nothing was opened"),
    "halted": N_("An officer ended the section"),
    "failed": N_("The committee ended the section"),
    "unqualified": N_("Too few bids qualified"),
    "inquiries": N_("Bidders were asked and answered as the rules say"),
    "marks": N_("Marks are those committed to"),
    "blind": N_("Labels of blind parts are those committed to"),
    "reserve": N_("The confidential estimate was sealed in time"),
    "reserve-unopened": N_("The confidential estimate was sealed in time"),
    "evaluation": N_("The ranking recomputes"),
    "report": N_("The report says what was computed"),
    "tie": N_("The tie was decided by whom the method names"),
    "review": N_("The report was reviewed, and marks corrected, as the rules allow"),
    "ways": N_("Candidates dropped out by signed decisions"),
    "capacity": N_("The committee was asked whether candidates can perform"),
    "pauses": N_("Pauses under seal"),
    "set-aside": N_("An earlier evaluation, set aside by a signed decision"),
    "no-award": N_("The procuring entity awards to nobody"),
    "choice": N_("The procuring entity chose the winner"),
    "result": N_("The award follows"),
    "page": N_("The readable report tells these events"),
    "receipt-policy": N_("Whose keys count"),
    "receipt-entry": N_("The event is whole"),
    "receipt-log": N_("It stands in the public log"),
    "receipt-event": N_("It is about this bid"),
    "receipt-manifest": N_("It is about this manifest"),
    "receipt-told": N_("The evidence holds this receipt's event"),
    "receipt-listed": N_("The evidence holds this receipt's bid"),
    "paper-receipt": N_("It is the printed receipt"),
    "paper-told": N_("The evidence holds the printed receipt's bid"),
    "paper-listed": N_("The evidence lists the printed receipt's bid"),
    "receipt-part": N_("A sealed file is the listed one"),
    "receipt-part-bound": N_("A sealed file is the signed one"),
    "lottery-entries": N_("Everybody stands in the frozen list, with one chance"),
    "draw-seed": N_("The seed follows from three commitments"),
    "draw-lists": N_("The lists are the frozen ones"),
    "draw-result": N_("The result recomputes"),
    "evaluation-file": N_("The ranking recomputes"),
    "checkpoint": N_("The checkpoint is signed"),
    "policy-file": N_("The policy is well formed"),
    "stopped": N_("Here it stops; nothing after this was checked"),
}

DETAILS = {
    "zip": N_("{members} members, {bytes} bytes: the one form such a file can have, nothing before, between or after."),
    "index": N_("{listed} members compared with the index by SHA-256: none more, none less, none changed."),
    "policy": N_("The file's own policy equals the one you judge by: log {log}, {witnesses} trustees, every key."),
    "policy-own": N_("Judged by the keys that the file brings itself: log {log}, {witnesses} trustees."),
    "log": N_(
        "{events} events of {section}, each with salt and path to a checkpoint signed by the log and enough trustees; one "
        "chain without a gap, sealed at the end."
    ),
    "log-hidden": N_(
        "{events} events of {section}, each proven under a co-signed checkpoint; {hidden} events about unopened bids stay "
        "hidden, and nothing else."
    ),
    "members": N_("Each of {listed} members is called for by an event."),
    "times": N_(
        "{tokens} time tokens, each over a checkpoint that holds its event. {judged} of them are signed by authorities whose "
        "certificates the policy names, not before the event; about the others nothing is said. Whether a certificate was "
        "revoked is not checked."
    ),
    "tender": N_(
        "“{title}”: document, keyset and notice agree and stand in this order; periods of the rule set {regime} kept."
    ),
    "blind": N_(
        "{labels} labels, fixed in the co-signed log before the first judge marked, disclosed with the marks: each sheet was "
        "signed under them, and no mark of a blind part under a bid."
    ),
    "reserve": N_("Sealed before the deadline by {name}, opened after the prices: {price}."),
    "reserve-unopened": N_(
        "Sealed before the deadline by {name}; it could not be opened ({reason}). It decides nothing."
    ),
    "bids": N_("{submitted} submissions, each manifest signed under a certificate of the authority before {deadline}."),
    "invited": N_(
        "{invited} bidders were invited with the notice, under an article that lets a tender invite; nobody else handed in."
    ),
    "closing": N_(
        "{listed} bids stood after every submission, replacement and withdrawal; the frozen list holds these."
    ),
    "opening": N_(
        "Keys released after the co-signed closing; {opened} forms reproduce the sealed commitments, {unopened} did not open, "
        "{left_out} were left out for a cause."
    ),
    "factors": N_(
        "The notice asked for a factor of each bidder: {given} given while the window was open, {refused} wrong, {missing} "
        "missing at its end. No bid was opened without its own."
    ),
    "late-keys": N_("At the limit {released} of the {needed} keys stood released; it was not called before its time."),
    "remedies": N_(
        "{asked} bids might be shown in plain for their whole time: {shown} parts are those that were sealed, {differed} were "
        "refused as different, {ended} bids ended without."
    ),
    "record": N_(
        "Record {record}, made anew from the events: {confirmed} bidders confirmed it ({signed} with a key), {silent} assented "
        "by silence at the limit; {answered} of {objections} objections answered."
    ),
    "record-open": N_(
        "Record {record}, made anew from the events: {confirmed} bidders confirmed it ({signed} with a key); {answered} of "
        "{objections} objections answered. Marks or the section's failure came first, so no silence counts as assent."
    ),
    "draw": N_("{draw}: three signed commitments, seed, tickets and {seats} seats recomputed."),
    "committee": N_(
        "{judges} judges seated as drawn, each under an own certificate; {rejected} bids rejected by signed votes."
    ),
    "list": N_(
        "{judges} judges had signed in or made room when {first} and {second} signed; no certificate says whose clerk each is."
    ),
    "second": N_(
        "Every judge's marks were co-signed before the list of bids that go on, and that list before any key of the price "
        "envelopes; {opened} prices reproduce the sealed commitments, {counted} count."
    ),
    "unopened": N_("{listed} bids stood, {minimum} are needed: no key was released and no bid opened."),
    "halted": N_("{remaining} bids were left, {minimum} are needed; the record says so and gives reasons."),
    "failed": N_("The judges' signed votes give this end ({reason})."),
    "inquiries": N_(
        "{sent} questions went out before any marks were locked; {answered} were answered in time under the bidder's "
        "signature, {unanswered} not until the time was over."
    ),
    "marks": N_("{judges} signed commitments were co-signed before publication and open to the published sheets."),
    "evaluation": N_("Exact arithmetic over prices and marks gives: {order}."),
    "report": N_("{signed} judges signed, {dissented} dissented in writing, {silent} were silent for the whole time."),
    "tie": N_(
        "The method leaves the tie to the procuring entity; its order and reasons are signed by {signer} ({serial})."
    ),
    "review": N_(
        "Returned {returned} times, {corrected} marks corrected, {confirmed} confirmations: each signed, for a listed reason, "
        "and every version recomputed from the one before."
    ),
    "ways": N_(
        "{passed} candidates dropped out by the procuring entity's signed decisions, each on a cause that the rules list; "
        "those who were left stood in publicity anew."
    ),
    "capacity": N_(
        "{asked} signed questions, each resolved by a majority of the judges before anything else was decided."
    ),
    "unqualified": N_(
        "The purchaser found {rejected} bids not qualified and signed why; too few were left to evaluate."
    ),
    "no-award": N_(
        "The procuring entity ended the tender by a signed decision ({cause}); {passed} candidates had dropped out before."
    ),
    "pauses": N_("{pauses} pauses; nothing was read, voted or locked while the room was sealed."),
    "set-aside": N_(
        "Evaluation {round} held until the procuring entity's signed decision ({cause}) had the same committee evaluate again."
    ),
    "choice": N_(
        "The notice leaves the winner to the procuring entity, which chose {winner}, rank {rank} of the evaluation, after the "
        "publicity: signed, with reasons."
    ),
    "result": N_("Candidates in computed order, publicity for its whole time; award to {winner} at {price} CNY."),
    "page": N_("Made anew from the events, byte for byte the same."),
    "receipt-policy": N_("Log {log} and {witnesses} trustees."),
    "receipt-entry": N_("Salt and event give the entry's SHA-256; stamped {at}."),
    "receipt-log": N_(
        "Place {leaf} of {size} entries, by its path to a checkpoint signed by the log and co-signed by {cosigned}."
    ),
    "receipt-event": N_("{name} of bid {bid} in section {section}; manifest {manifest}."),
    "receipt-manifest": N_("SHA-256 and parts are the manifest's: {parts}."),
    "receipt-told": N_(
        "The event of bid {bid}, with the receipt's own salt; the bid was replaced or withdrawn before the deadline."
    ),
    "receipt-listed": N_("Bid {bid} with the receipt's manifest stands in the list that was frozen at the deadline."),
    "paper-receipt": N_("Bid {bid} and the manifest's hash are those of the picture on the sheet."),
    "paper-told": N_("Bid {bid} with the sheet's hash was logged, and replaced or withdrawn before the deadline."),
    "paper-listed": N_("Bid {bid} with the sheet's hash stands in the list that was frozen at the deadline."),
    "receipt-part": N_(
        "{part}, {bytes} bytes: size and root are those of the receipt's summary, which only the manifest binds."
    ),
    "receipt-part-bound": N_("{part}, {bytes} bytes: size and root are those of the manifest in the log."),
    "lottery-entries": N_(
        "“{subject}”: {entries} take part; each name stands in the frozen request, each code under its salt in the list, "
        "each once and with the same weight."
    ),
    "draw-seed": N_(
        "Draw {draw}: the revealed values are the committed ones, and the seed is made of them and the frozen pool."
    ),
    "draw-lists": N_("{leaves} leaves in {lists} lists give the frozen roots, counts and order."),
    "draw-result": N_("{taken} taken, {skipped} skipped with their reasons, as recomputed."),
    "evaluation-file": N_("{bids} bids, {judges} judges, exact arithmetic: {order}."),
    "checkpoint": N_("{log}, {size} entries; co-signed by {cosigned}."),
    "policy-file": N_("Log {log}; trustees {witnesses}; quorum {quorum}."),
}

SENTENCES = {
    "title holds": N_("Yes, this holds"),
    "title integrity": N_("Not proven: it only fits together in itself"),
    "title recomputed": N_("Yes, the result recomputes"),
    "title policy": N_("This is a policy"),
    "title failed": N_("No, this does not hold"),
    "title unusable": N_("This could not be checked"),
    "sentence receipt": N_(
        "The public log holds the {name} of bid {bid} in section {section}, stamped {at}; {count} trustees co-signed it."
    ),
    "sentence evidence": N_("From the first notice to the award everything follows: {winner} at {price} CNY."),
    "sentence unopened": N_(
        "The section failed as it had to: {listed} bids stood at the deadline, {minimum} are needed, and nothing was opened."
    ),
    "sentence halted": N_(
        "The section failed as it might: after the opening {remaining} bids were left, {minimum} are needed, and an officer "
        "ended it in writing."
    ),
    "sentence failed": N_("The section failed as it had to: the committee found by signed votes that {reason}."),
    "sentence draw": N_("The stated result follows from pool, commitments and seed in this file."),
    "sentence lottery": N_("Who was drawn, and in which order, follows from the public list, commitments and seed."),
    "sentence evaluation": N_("The stated result follows from prices, marks and method in this file."),
    "sentence checkpoint": N_("Log and trustees have signed this state of the public log: {size} entries."),
    "sentence policy": N_("It names log {log}. Drop it together with a receipt or an evidence file to judge by it."),
    "trust own": N_("Judged by your own policy file. It must have come from elsewhere than the file it judges."),
    "trust platform": N_(
        "Judged by the policy that the platform itself publishes: this proves that platform and file agree. Against a forging "
        "platform compare the policy's SHA-256 with a trustee's copy or the printed notice."
    ),
    "trust none": N_(
        "Integrity only: whoever rebuilt the file with keys of their own would pass too. Judge it by a policy from elsewhere."
    ),
    "policy own": N_("your own file, SHA-256"),
    "policy platform": N_("the platform's, SHA-256"),
}

OTHERS = {
    "demo": N_("Demonstration rule set: without legal effect."),
    "bytes": N_("{bytes} bytes"),
    "count": N_("Every single check: {n} passed"),
    "count failed": N_("Every single check: {n} passed, then it stopped"),
    "pasted": N_("pasted text"),
    "nothing": N_("Choose or drop a file, or paste its text."),
    "event bid.submitted": N_("submission"),
    "event bid.replaced": N_("replacement"),
    "event bid.withdrawn": N_("withdrawal"),
    "event competition-lacking": N_("too few valid bids compete"),
    "event all-rejected": N_("every bid had to be rejected"),
    "happened page.unknown": N_("This is none of the files that the page knows."),
    "remedy page.unknown": N_(
        "It knows receipts, evidence files, draws, lotteries, evaluations, checkpoints and policies. Check that the file "
        "is whole."
    ),
    "happened page.too-large": N_("The file is too large for a browser ({bytes} bytes)."),
    "remedy page.too-large": N_("Check it by the command below."),
    "happened page.alone": N_("A manifest or a sealed file says nothing by itself."),
    "remedy page.alone": N_("Choose it together with the bid's receipt."),
    "happened page.policy-needed": N_("Without a policy this proves nothing: everybody could have signed it."),
    "remedy page.policy-needed": N_("Judge by the platform's policy or, better, by a file of your own."),
    "happened page.crypto": N_("This browser cannot check signatures here."),
    "remedy page.crypto": N_("Open the page by https in a current browser, or use the command line."),
    "happened page.fault": N_("The check stopped by a fault of this page; that says nothing about the file."),
    "remedy page.fault": N_("Use the command line, and report the fault with the line below."),
    "happened page.no-part": N_("The receipt lists no part “{part}”."),
    "remedy page.no-part": N_("Choose the sealed files of this very bid."),
    "happened page.paper-other": N_("This is the receipt of another bid ({bid}) than the printed one ({expected})."),
    "remedy page.paper-other": N_("Choose the file of the printed receipt, or open this page without the picture."),
    "happened page.paper-elsewhere": N_("This is the evidence of {expected}; the printed receipt is about {section}."),
    "remedy page.paper-elsewhere": N_("Choose the evidence of the printed receipt's section."),
    "happened page.paper-missing": N_("The evidence holds in itself, but not the printed receipt's bid {bid}."),
    "remedy page.paper-missing": N_(
        "Choose the receipt's own file together with the evidence: if it holds, both together convict the platform."
    ),
    "happened page.evaluation-bare": N_("The file states no result; recomputed it is {order}."),
    "remedy page.evaluation-bare": N_("Compare this with the published order."),
    "happened page.evaluation-differs": N_("The stated result is not the recomputed one ({path})."),
    "remedy page.evaluation-differs": N_("Keep the file and report it to the supervising body."),
}

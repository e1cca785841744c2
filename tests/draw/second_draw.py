"""draw/v1 a second time, from the design page alone and on purpose in another manner; it shares no code with ours."""

import hashlib
import hmac
import json
import string


class Refused(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Refused(what)


def text16(s):
    raw = s.encode("ascii")
    return bytes([len(raw) // 256, len(raw) % 256]) + raw


def H(*parts):
    h = hashlib.sha256()
    for p in parts:
        h.update(p)
    return h.digest()


def is_hex(x):
    return type(x) is str and len(x) == 64 and set(x) <= set(string.digits + "abcdef")


def is_name(x):
    return type(x) is str and all(ord(c) < 128 for c in x) and len(x) < 65536


def is_count(x, least):
    return type(x) is int and x >= least


def tree_head(values):
    if len(values) == 1:
        return H(b"\x00", values[0])
    if not values:
        return H()
    half = 1
    while half * 2 < len(values):
        half *= 2
    return H(b"\x01", tree_head(values[:half]), tree_head(values[half:]))


def number_for(seed, entry):
    stream = hmac.new(seed, bytes.fromhex(entry["leaf"]), "sha512").digest()
    words = []
    while len(words) < entry["w"]:
        words.append(int.from_bytes(stream[:8], "big"))
        stream = stream[8:]
    words.sort()
    return words[0]


def check_shape(doc):
    check(type(doc) is dict, "document")
    check(
        set(doc) <= {"seed", "order", "quota", "avoid", "alternates", "pool", "out", "reasons", "transcript"}, "unknown"
    )
    check({"seed", "quota", "avoid", "pool"} <= set(doc), "missing")
    check(is_hex(doc["seed"]), "seed")
    check(type(doc["quota"]) is dict, "quota")
    for name, wanted in doc["quota"].items():
        check(is_name(name) and is_count(wanted, 1), "quota")
    check(type(doc["avoid"]) is list and all(is_name(e) for e in doc["avoid"]), "avoid")
    check(is_count(doc.get("alternates", 0), 0), "alternates")
    check(type(doc["pool"]) is list, "pool")
    if "order" in doc:
        check(type(doc["order"]) is list and all(is_name(s) for s in doc["order"]), "order")
        check(sorted(doc["order"]) == sorted(doc["quota"]), "order")


def check_entry(entry, quota):
    check(type(entry) is dict, "entry")
    has_emp = "emp" in entry or "b" in entry
    check(set(entry) == {"leaf", "spec", "w", "ia", "ib"} | ({"emp", "b"} if has_emp else set()), "fields")
    check(type(entry["spec"]) is str and entry["spec"] in quota, "spec")
    check(is_count(entry["w"], 1) and entry["w"] <= 8, "w")
    check(is_hex(entry["leaf"]) and is_hex(entry["ia"]) and is_hex(entry["ib"]), "hex")
    made = H(
        b"draw/v1 leaf\n",
        text16(entry["spec"]),
        bytes([entry["w"]]),
        bytes.fromhex(entry["ia"]),
        bytes.fromhex(entry["ib"]),
    )
    check(made.hex() == entry["leaf"], "leaf")
    if has_emp:
        check(is_name(entry["emp"]) and is_hex(entry["b"]), "emp")
        check(H(bytes.fromhex(entry["b"]), text16(entry["emp"])).hex() == entry["ib"], "ib")


def employers_of(doc, spec):
    return {e["emp"] for e in doc["pool"] if e["spec"] == spec} - set(doc["avoid"])


def check_enough(order, quota, counts):
    for i in range(len(order)):
        check(counts[order[i]] >= sum(quota[s] for s in order[: i + 1]), "too few")


def check_transcript(doc, order, all_known):
    t = doc["transcript"]
    check(type(t) is dict and set(t) == {"draw_id", "frozen", "commitments", "r"}, "transcript")
    frozen = t["frozen"]
    check(type(frozen) is dict and is_name(t["draw_id"]), "frozen")
    for key in ("commitments", "r"):
        check(type(t[key]) is list and len(t[key]) == 3 and all(is_hex(x) for x in t[key]), key)
    check(frozen.get("draw_id") == t["draw_id"] and frozen.get("order") == order, "frozen")
    check(frozen.get("quota") == doc["quota"] and frozen.get("alternates") == doc.get("alternates", 0), "frozen")
    check(frozen.get("avoid") == sorted(set(doc["avoid"])), "avoid")
    counts = {}
    for spec, listed in frozen["lists"].items():
        leaves = sorted(bytes.fromhex(e["leaf"]) for e in doc["pool"] if e["spec"] == spec)
        check(listed["root"] == tree_head(leaves).hex() and listed["records"] == len(leaves), "root")
        counts[spec] = listed["employers"]
        check(not all_known or counts[spec] == len(employers_of(doc, spec)), "employers")
    check(order == sorted(counts, key=lambda s: (counts[s], s)), "order")
    check_enough(order, doc["quota"], counts)
    rs = [bytes.fromhex(x) for x in t["r"]]
    for party, promise, r in zip(("agent", "centre", "supervisor"), t["commitments"], rs, strict=True):
        check(H(b"draw/v1 commit\n", text16(t["draw_id"]), text16(party), r).hex() == promise, "commitment")
    # ASCII keys and values and small integers: Python's sorted compact JSON is the RFC 8785 form.
    commit = H(json.dumps(frozen, sort_keys=True, separators=(",", ":")).encode())
    check(H(b"draw/v1 seed\n", text16(t["draw_id"]), commit, *rs).hex() == doc["seed"], "seed")


def second_draw(doc):
    """(out, reasons) of an evidence file, or Refused."""
    check_shape(doc)
    quota = doc["quota"]
    for entry in doc["pool"]:
        check_entry(entry, quota)
    leaves = [e["leaf"] for e in doc["pool"]]
    check(len(set(leaves)) == len(leaves), "duplicate")
    all_known = all("emp" in e for e in doc["pool"])
    check(all_known or "order" in doc, "order")
    order = doc.get("order")
    if all_known:
        counts = {s: len(employers_of(doc, s)) for s in quota}
        order = order or sorted(quota, key=lambda s: (counts[s], s))
        check_enough(order, quota, counts)
    if "transcript" in doc:
        check_transcript(doc, order, all_known)

    seed = bytes.fromhex(doc["seed"])
    queues = {}
    for s in order:
        queues[s] = [e for e in doc["pool"] if e["spec"] == s]
        queues[s].sort(key=lambda e: (number_for(seed, e), e["leaf"]))
    out, reasons, spent = [], [], []

    def go_on(spec, how_many, mark):
        while how_many > 0 and queues[spec]:
            e = queues[spec].pop(0)
            check("emp" in e, "emp missing")
            if e["emp"] in doc["avoid"]:
                reasons.append([e["leaf"], "avoid"])
            elif e["emp"] in spent:
                reasons.append([e["leaf"], "employer"])
            else:
                spent.append(e["emp"])
                out.append([e["leaf"], spec, *mark])
                how_many -= 1
        return how_many

    for s in order:
        check(go_on(s, quota[s], []) == 0, "dry")
    for s in order:
        go_on(s, doc.get("alternates", 0), ["alternate"])
    return out, reasons

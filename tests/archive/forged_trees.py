"""Forgeries by whoever holds the log's key and every trustee: another tree, another order, another clock's writing."""

from dataclasses import replace
from typing import Any

from evidence_forging import forgery
from evidence_log import Scene, Tree, signed

from infra.kernel.canonical import canonical, read, unb64
from infra.tlog import entry
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.proof import Proof, format_proof, parse_proof

Row = dict[str, Any]


def proven_anew(scene: Scene, row: Row, index: int, size: int) -> None:
    """Prove a row in a tree of its own, of so many leaves, at this place: signed by the log and every trustee."""
    leaf = entry.entry(unb64(row["salt"], 32), read(row["event"].encode()))
    tree = Tree()
    for at in range(size):
        tree.append(leaf if at == index else entry.dummy(b"f" * 32, at))
    keys, text = scene.keys, Checkpoint(scene.keys.log.name, size, tree.frontier.root()).text()
    at = int(scene.events[-1].at.timestamp()) + 2
    row["proof"] = format_proof(Proof(index, tree.path(index), signed(text, keys.log, keys.witnesses, at)))


def size_of(row: Row) -> int:
    """The size of the checkpoint that a row is proven under: the second line of its note."""
    return int(parse_proof(row["proof"]).checkpoint.splitlines()[1])


@forgery("evidence.fork")
def two_events_are_proven_in_two_trees_of_one_size(scene: Scene) -> None:
    scene.events[-2].together = True

    def forge(rows: list[Row]) -> None:
        proven_anew(scene, rows[-1], parse_proof(rows[-1]["proof"]).index, size_of(rows[-1]))

    scene.rows.append(forge)


@forgery("evidence.leaf-order")
def an_event_stands_in_the_log_before_the_one_it_follows(scene: Scene) -> None:
    def forge(rows: list[Row]) -> None:
        proven_anew(scene, rows[-1], parse_proof(rows[-2]["proof"]).index, size_of(rows[-1]))

    scene.rows.append(forge)


@forgery("evidence.time-format")
def an_event_is_stamped_on_a_day_that_no_calendar_has(scene: Scene) -> None:
    def forge(rows: list[Row]) -> None:
        row = rows[-1]
        event = read(row["event"].encode())
        event["at"] = "2026-02-30" + event["at"][10:]
        row["event"] = canonical(event).decode()
        proven_anew(scene, row, parse_proof(row["proof"]).index, size_of(row))

    scene.rows.append(forge)


@forgery("evidence.bid-twice")
def one_bid_is_handed_in_twice(scene: Scene) -> None:
    first = scene.event("bid.submitted", 1)
    scene.events.insert(scene.events.index(first) + 1, replace(first))

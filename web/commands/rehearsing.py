"""The rehearsal of a bid kit on the command line: what it holds is what this bid was sealed with."""

from collections.abc import Collection
from hmac import compare_digest

from infra.crypto.manifest import Manifest, bidder_line
from infra.crypto.seal_header import Header
from infra.crypto.seal_kit import BidKit
from infra.kernel.problems import Problem


def require_own(
    kit: BidKit, manifest: Manifest, headers: Collection[Header], parts: Collection[str] | None = None
) -> None:
    """`kit.other` unless the kit is this bid's: manifest, parts, the bidder line of every container, B where it is needed.

    `parts` are all of the bid, where a second envelope adds to those of the manifest.
    """
    line = bidder_line(kit.bidder_salt, kit.bidder)
    own = (
        kit.section == manifest.section
        and kit.manifest == manifest.digest
        and set(kit.commit_salts) == set(parts or [entry.part for entry in manifest.parts])
        and all(compare_digest(header.bidder, line) for header in headers)
        and all(header.bidder_factor == (kit.factor is not None) for header in headers)
    )
    if not own:
        raise Problem("kit.other")

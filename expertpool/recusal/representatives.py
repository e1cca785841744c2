"""Who sits for the purchaser 采购人代表: no expert of the pool, so what is sealed to the seat is the person, not an id."""

from infra.kernel.canonical import canonical, parse

REPRESENTATIVE = "representative"
"""A representative's seat by its kind, and the name that stands where an expert's seat has its profession."""
_MARK = "representative:"


def holder(name: str, identity: str) -> str:
    """What is sealed to the seat of a representative, where an expert's id stands otherwise."""
    return _MARK + canonical([name, identity]).decode()


def named(held: str) -> tuple[str, str] | None:
    """(name, identity) of a representative; None where an expert's id is held."""
    if not held.startswith(_MARK):
        return None
    name, identity = parse(held.removeprefix(_MARK).encode())
    return name, identity

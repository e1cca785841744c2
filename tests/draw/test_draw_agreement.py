"""Two implementations of draw/v1 agree: the platform's, and a second one written from the design page."""

import random

import pytest
from draw_cases import Document, a_case, a_drawn_case, broken, hidden
from second_draw import Refused, second_draw

from expertpool.draw.evidence import recompute
from infra.kernel.problems import Problem


def ours(document: Document) -> object:
    try:
        found = recompute(document)
    except Problem:
        return "refused"
    return found["out"], found["reasons"]


def theirs(document: Document) -> object:
    try:
        return second_draw(document)
    except Refused:
        return "refused"


@pytest.mark.soak
def test_both_implementations_agree_on_a_thousand_random_files() -> None:
    results = []
    for seed in range(1000):
        document = a_case(seed)
        assert ours(document) == theirs(document), seed
        results.append(ours(document))
    assert 100 < results.count("refused") < 700


def test_both_agree_where_employers_of_leaves_never_walked_are_not_told() -> None:
    told = 0
    for seed in range(300):
        document = a_case(seed)
        if (sound := ours(document)) == "refused":
            continue
        found = recompute(document)
        walked = {line[0] for line in found["out"] + found["reasons"]}
        order = list(dict.fromkeys(line[1] for line in found["out"]))
        less = hidden(document, walked, order)
        assert ours(less) == theirs(less) == sound
        less = hidden(document, walked - {found["out"][0][0]}, order)
        assert ours(less) == theirs(less) == "refused"
        told += 1
    assert told > 100


@pytest.mark.soak
def test_both_agree_on_draws_with_transcripts() -> None:
    documents = [found for seed in range(150) if (found := a_drawn_case(seed))]
    assert len(documents) > 100
    for document in documents:
        assert ours(document) == theirs(document) == (document["out"], document["reasons"])


def test_both_agree_on_files_broken_in_one_place() -> None:
    dice, results = random.Random(7), []
    sound = [found for seed in range(60) if ours(found := a_case(seed)) != "refused"]
    sound += [found for seed in range(40) if (found := a_drawn_case(seed))]
    for _ in range(1000):
        document = broken(dice.choice(sound), dice)
        assert ours(document) == theirs(document), document
        results.append(ours(document))
    assert results.count("refused") > 500

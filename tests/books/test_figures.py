"""The figures that the books check is held to, on fewer firms than ``python -m tests.books`` measures."""

from __future__ import annotations

from tests.books.__main__ import NAMING, PRECISION, RECALL
from tests.books.measure import Figures, measure

FIRMS, DOCUMENTS = range(1, 5), 2000


def test_matches_and_errors_are_found_and_true() -> None:
    whole = Figures()
    for seed in FIRMS:
        whole.add(measure(seed, DOCUMENTS))
    assert whole.documents > 0.9 * len(FIRMS) * DOCUMENTS
    assert whole.recall >= RECALL
    assert whole.precision >= PRECISION
    assert whole.naming >= NAMING
    assert min(whole.planted.values()) > 0
    assert len(whole.planted) == 14

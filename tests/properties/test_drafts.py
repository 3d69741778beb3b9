"""A draft that is there in part never balances: whatever lines of whatever documents are missing, NAV refuses to post the batch."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.connectors.nav.pages.journals import Extent, extent
from tieout.connectors.nav.wire.journal import WireJournalLine, in_order
from tieout.core.decision.plan import Command, Role
from tieout.core.records.identity import Kind, Ref

CENTS = st.integers(min_value=1, max_value=10**7).map(lambda n: Decimal(n) / 100)


@st.composite
def documents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The lines of a document that balances, in any order."""
    debits = draw(st.lists(CENTS, min_size=1, max_size=5))
    parts = draw(st.lists(CENTS, max_size=3))
    whole = sum(debits, Decimal(0))
    credits_ = [part for part in parts if part < whole / 4]
    credits_.append(whole - sum(credits_, Decimal(0)))
    amounts = draw(st.permutations([*debits, *(-credit for credit in credits_)]))
    return [
        {"account_type": "G/L Account", "account_no": str(n), "amount": str(amount)}
        for n, amount in enumerate(amounts)
    ]


@settings(max_examples=1_000, deadline=None)
@given(st.lists(st.tuples(documents(), st.integers(0, 99)), min_size=1, max_size=5))
def test_parts_of_documents_never_add_up_to_nothing(
    drafts: list[tuple[list[dict[str, Any]], int]],
) -> None:
    """Written in order and deleted backwards, what is there of a document is always its first lines."""
    total, in_part = Decimal(0), False
    for lines, cut in drafts:
        there = in_order(lines)[: cut % (len(lines) + 1)]
        in_part = in_part or 0 < len(there) < len(lines)
        total += sum((Decimal(line["amount"]) for line in there), Decimal(0))
    assert bool(total) == in_part
    assert total >= 0


@settings(deadline=None)
@given(documents(), st.data())
def test_a_part_is_told_from_the_whole(lines: list[dict[str, Any]], data: st.DataObject) -> None:
    command = Command(
        key="K", ref=Ref(Kind.INVOICE, "1"), revision=1, role=Role.POST, payload={"lines": lines}
    )
    count = data.draw(st.integers(0, len(lines)))
    there = [
        WireJournalLine(
            "",
            "",
            n,
            "",
            "",
            "K",
            line["account_type"],
            line["account_no"],
            Decimal(line["amount"]),
        )
        for n, line in enumerate(in_order(lines)[:count])
    ]
    wanted = {0: Extent.NONE, len(lines): Extent.WHOLE}.get(count, Extent.PART)
    assert extent(command, there) is wanted

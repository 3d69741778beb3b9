"""What a person adopted: kept with its evidence, each document and each entry once, and looked at again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.failures import Outdated
from tieout.core.records.adoption import AdoptedDocument, AdoptedEntry, Adoption
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Pair, Settlement
from tieout.store.errors import StoreError
from tieout.store.store import PostgresStore

INVOICE, OTHER, PAYMENT = Ref(Kind.INVOICE, "9"), Ref(Kind.INVOICE, "10"), Ref(Kind.PAYMENT, "1")
WHEN = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


def adoption(*refs: Ref, entries: tuple[int, ...] = (101,), **changed: Any) -> Adoption:
    whole = Adoption(
        documents=tuple(
            AdoptedDocument(
                ref=ref, substance=f"hash of {ref}", amount=Decimal("120.00"), currency="GBP"
            )
            for ref in refs
        ),
        entries=tuple(
            AdoptedEntry(
                entry_no=no,
                document_type="Invoice",
                document_no=f"S{no}",
                customer_no="C100",
                amount=Decimal("60.05"),
                currency="GBP",
                posting_date=date(2026, 2, 27),
            )
            for no in entries
        ),
        tier="SCORED",
        score=82,
        reasons=("same number", "same day"),
        by="somebody",
        at=WHEN,
        note="seen on paper",
    )
    return replace(whole, **changed)


async def test_an_adoption_comes_back_as_it_was_stored(store: PostgresStore, pair: Pair) -> None:
    one, two = adoption(OTHER, INVOICE), adoption(PAYMENT, entries=(7, 12), note="")
    assert await store.adopt(pair, [one, two], now=WHEN) == 0
    by_number = replace(one, documents=one.documents[::-1])
    assert await store.all_adoptions(pair) == (by_number, two)
    assert await store.adoptions(pair, [INVOICE, PAYMENT]) == {INVOICE: by_number, PAYMENT: two}
    assert await store.adoptions(pair, [Ref(Kind.INVOICE, "404")]) == {}
    assert await store.adoptions(pair, []) == {}


async def test_entries_are_found_by_their_numbers(store: PostgresStore, pair: Pair) -> None:
    both = adoption(INVOICE, entries=(102, 101))
    await store.adopt(pair, [both, adoption(PAYMENT, entries=(7,))], now=WHEN)
    assert await store.adopted_entries(pair, ["S101", "S102", "S9"]) == both.entries[::-1]
    await store.withdraw_adoption(pair, INVOICE, by="another", now=WHEN)
    assert (
        await store.adopted_entries(pair, {"S101", "S7"}) == adoption(PAYMENT, entries=(7,)).entries
    )
    assert await store.adopted_entries(pair, []) == ()


async def test_nothing_is_adopted_of_nothing(store: PostgresStore, pair: Pair) -> None:
    assert await store.adopt(pair, [], now=WHEN) == 0
    assert await store.all_adoptions(pair) == ()


async def test_what_was_seen_is_looked_at_again_and_what_was_not_is_not_noted(
    store: PostgresStore, pair: Pair, lease: Lease
) -> None:
    await store.accept(pair, now=WHEN, refs=[INVOICE])
    await settle(store, pair, lease, 1)
    later = WHEN + timedelta(minutes=1)
    assert await store.adopt(pair, [adoption(INVOICE, OTHER)], now=later) == 1
    assert await store.unsettled(pair) == {INVOICE}
    await settle(store, pair, lease, 2)
    taken_back = await store.withdraw_adoption(pair, OTHER, by="another", now=later)
    assert taken_back == adoption(INVOICE, OTHER)
    assert await store.unsettled(pair) == {INVOICE}
    assert await store.seen(pair, [INVOICE, OTHER]) == {INVOICE}


async def settle(store: PostgresStore, pair: Pair, lease: Lease, version: int) -> None:
    verdict = Verdict(ref=INVOICE, state=State.HELD, reason="DUPLICATE")
    settled = {INVOICE: version}
    await store.record(pair, lease, Settlement(verdicts=[verdict], settled=settled))
    assert await store.unsettled(pair) == frozenset()


async def test_what_was_taken_back_may_be_adopted_again(store: PostgresStore, pair: Pair) -> None:
    await store.adopt(pair, [adoption(INVOICE)], now=WHEN)
    assert await store.withdraw_adoption(pair, INVOICE, by="another", now=WHEN) is not None
    assert await store.withdraw_adoption(pair, INVOICE, by="another", now=WHEN) is None
    assert await store.adoptions(pair, [INVOICE]) == {}
    await store.adopt(pair, [adoption(INVOICE)], now=WHEN)
    assert await store.adoptions(pair, [INVOICE]) == {INVOICE: adoption(INVOICE)}


async def test_an_adoption_of_the_same_documents_takes_the_place_of_the_earlier(
    store: PostgresStore, pair: Pair
) -> None:
    await store.adopt(pair, [adoption(INVOICE)], now=WHEN)
    changed = adoption(INVOICE, entries=(205,), by="another")
    await store.adopt(pair, [changed], now=WHEN)
    assert await store.all_adoptions(pair) == (changed,)


async def test_an_entry_is_one_document_in_a_company_whichever_pair_says_so(
    store: PostgresStore, pair: Pair, freshbooks: dict[str, Any], nav: dict[str, Any]
) -> None:
    second = await store.add_pair(
        "two", {**freshbooks, "account_id": "TWO"}, nav, {"prefix": "F2"}, {}
    )
    await store.adopt(pair, [adoption(INVOICE)], now=WHEN)
    for of, ref in ((pair, OTHER), (second, INVOICE)):
        with pytest.raises(StoreError, match="101: adopted as another document"):
            await store.adopt(of, [adoption(ref, entries=(99, 101))], now=WHEN)
        assert await store.adoptions(of, [OTHER]) == {}
    with pytest.raises(StoreError, match="adopted as another document"):
        await store.adopt(
            pair, [adoption(OTHER, entries=(5,)), adoption(PAYMENT, entries=(5,))], now=WHEN
        )
    await store.adopt(second, [adoption(INVOICE, entries=(102,))], now=WHEN)
    assert [a.entry_nos for a in await store.all_adoptions(second)] == [(102,)]
    assert await store.withdraw_adoption(second, OTHER, by="somebody", now=WHEN) is None


async def test_what_tieout_posted_is_not_adopted(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Callable[..., Command]
) -> None:
    await store.intend(pair, lease, [posting(INVOICE), posting(OTHER, role=Role.APPLY)])
    with pytest.raises(StoreError, match="invoice/9: posted by Tieout itself"):
        await store.adopt(pair, [adoption(INVOICE)], now=WHEN)
    await store.abandon(pair, lease, ["FB-DOC-9-1"])
    await store.adopt(pair, [adoption(INVOICE), adoption(OTHER, entries=(5,))], now=WHEN)
    assert len(await store.all_adoptions(pair)) == 2


async def test_what_is_adopted_is_not_posted_by_whoever_decided_before(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Callable[..., Command]
) -> None:
    await store.adopt(pair, [adoption(INVOICE)], now=WHEN)
    with pytest.raises(Outdated, match="invoice/9"):
        await store.intend(pair, lease, [posting(INVOICE), posting(OTHER)])
    assert await store.unfinished(pair) == []
    await store.intend(pair, lease, [posting(INVOICE, role=Role.APPLY), posting(OTHER)])
    assert len(await store.unfinished(pair)) == 2


@pytest.mark.postgresql
async def test_what_was_taken_back_is_kept_with_who_did_it(
    store: PostgresStore, pair: Pair, database_url: str
) -> None:
    await store.adopt(pair, [adoption(INVOICE)], now=WHEN)
    await store.withdraw_adoption(pair, INVOICE, by="another", now=WHEN)
    with psycopg.connect(database_url) as connection:
        kept = connection.execute(
            "SELECT by, withdrawn_by, withdrawn_at FROM tieout.adoption"
        ).fetchall()
        entries = connection.execute("SELECT entry_no, stands FROM tieout.adopted_entry").fetchall()
    assert (kept, entries) == ([("somebody", "another", WHEN)], [(101, False)])

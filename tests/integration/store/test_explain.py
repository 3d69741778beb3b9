"""What is on record of one document, all of it at one moment, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError

from tieout.core.decision.plan import Command, Receipt, Role, State, Status, Verdict
from tieout.core.explanation.dossier import Agreement
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Observation, Pair, Settlement, Shelf
from tieout.store.store import PostgresStore

INVOICE, OTHER, NOTE = (
    Ref(Kind.INVOICE, "9"),
    Ref(Kind.INVOICE, "10"),
    Ref(Kind.CREDIT_NOTE, "9"),
)
CLIENT = Ref(Kind.CUSTOMER, "501")


def shelf(ref: Ref, number: str = "INV-0042", customer: str = "501") -> Shelf:
    return Shelf(
        ref=ref,
        number=number,
        customer=customer,
        invoice="",
        currency="GBP",
        amount=Decimal("12.00"),
        dated=date(2026, 3, 1),
        due_on=date(2026, 3, 31),
        outstanding=Decimal("2.00"),
    )


async def test_a_document_with_all_that_is_on_record_of_it(
    store: PostgresStore,
    pair: Pair,
    lease: Lease,
    now: datetime,
    observed: Callable[..., Observation],
    posting: Callable[..., Command],
) -> None:
    content = replace(observed(INVOICE, b'{"amount": "12.00"}'), updated_at=now, deleted=True)
    await store.accept(pair, now=now, observations=[content])
    await store.approve(pair, INVOICE, "PERIOD_CLOSED", "", by="ann", now=now)
    await store.approve(pair, INVOICE, "BANK_CHARGE", "1.50", by="bob", now=now)
    maker = replace(posting(CLIENT, "FB-CUS-501-1"), role=Role.CREATE_CUSTOMER)
    commands = [maker, posting(INVOICE, "FB-INV-9-1"), posting(INVOICE, "FB-INV-9-2", revision=2)]
    await store.intend(pair, lease, commands)
    receipts = [
        Receipt(key="FB-CUS-501-1", status=Status.POSTED, no="C00010"),
        Receipt(key="FB-INV-9-1", status=Status.POSTED, no="FB9", entry_no=4711, register_no=3),
    ]
    finding = Finding(rule="TAX_LAW_DOUBTFUL", text="doubtful", remedy="ask")
    verdict = Verdict(ref=INVOICE, state=State.AGREED, findings=(finding,))
    settled = Settlement(
        receipts=receipts, verdicts=[verdict], shelves=[shelf(INVOICE)], settled={INVOICE: 3}
    )
    await store.record(pair, lease, settled)

    found = await store.dossier(pair, INVOICE)

    assert found is not None
    assert (found.state, found.reason, found.findings) == (State.AGREED, "", (finding,))
    assert (found.since, found.verified_at, found.waits) == (now, now, False)
    assert (found.number, found.customer, found.customer_no) == ("INV-0042", "501", "C00010")
    assert (found.currency, found.amount, found.outstanding) == ("GBP", Decimal(12), Decimal(2))
    assert (found.dated, found.due_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert found.content is not None
    assert (found.content.content, found.content.hash) == (content.content, content.hash)
    assert (found.content.updated_at, found.content.deleted) == (now, True)
    assert found.agreements == (
        Agreement(rule="BANK_CHARGE", value="1.50", by="bob", at=now, holds=True),
        Agreement(rule="PERIOD_CLOSED", value="", by="ann", at=now, holds=True),
    )
    assert found.keys == ("FB-INV-9-1", "FB-INV-9-2")
    assert [each.state for each in found.sent] == ["done", "unknown"]
    assert [each.stored.command for each in found.sent] == commands[1:]
    assert found.sent[0].stored.receipt == receipts[1]
    assert all(each.intact for each in found.sent)
    assert [each.stored.command.key for each in found.making] == ["FB-CUS-501-1"]


@pytest.mark.postgresql
async def test_when_a_command_was_intended_is_the_database_s_own_moment(
    store: PostgresStore,
    pair: Pair,
    lease: Lease,
    now: datetime,
    posting: Callable[..., Command],
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    await store.intend(pair, lease, [posting(INVOICE)])
    found = await store.dossier(pair, INVOICE)
    assert found is not None
    (sent,) = found.sent
    async with store.transaction() as tx:
        row = await tx.row("SELECT now() AS now")
    assert row is not None
    assert timedelta(0) <= row.now - sent.intended_at < timedelta(minutes=1)


async def test_what_waits_says_so_and_a_yes_to_another_content_does_not_hold(
    store: PostgresStore, pair: Pair, now: datetime, observed: Callable[..., Observation]
) -> None:
    await store.accept(pair, now=now, observations=[observed(INVOICE, b"1")])
    await store.approve(pair, INVOICE, "PERIOD_CLOSED", "", by="ann", now=now)
    await store.accept(pair, now=now, observations=[observed(INVOICE, b"2")])
    found = await store.dossier(pair, INVOICE)
    assert found is not None
    assert (found.state, found.waits, found.verified_at) == (State.PENDING, True, None)
    assert [each.holds for each in found.agreements] == [False]
    assert found.content is not None
    assert found.content.content == b"2"
    assert (found.number, found.amount, found.customer_no) == ("", None, "")


async def test_it_was_last_seen_to_agree_before_it_had_to_wait_again(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    verdict = Verdict(ref=INVOICE, state=State.AGREED)
    await store.record(pair, lease, Settlement(verdicts=[verdict], settled={INVOICE: 1}))
    await store.approve(pair, INVOICE, "PERIOD_CLOSED", "", by="ann", now=now)
    found = await store.dossier(pair, INVOICE)
    assert found is not None
    assert (found.state, found.verified_at) == (State.PENDING, now)


async def test_a_client_is_explained_by_its_commands_or_by_its_link(
    store: PostgresStore,
    pair: Pair,
    lease: Lease,
    now: datetime,
    posting: Callable[..., Command],
) -> None:
    assert await store.dossier(pair, CLIENT) is None
    await store.intend(pair, lease, [replace(posting(CLIENT), role=Role.CREATE_CUSTOMER)])
    found = await store.dossier(pair, CLIENT)
    assert found is not None
    assert (found.state, found.customer_no, len(found.sent)) == ("", "", 1)
    linked = Ref(Kind.CUSTOMER, "502")
    await store.link_customer(pair, linked, "C00020", now=now)
    found = await store.dossier(pair, linked)
    assert found is not None
    assert (found.customer, found.customer_no, found.sent) == ("502", "C00020", ())


async def test_what_was_never_seen_has_no_dossier(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    assert await store.dossier(pair, OTHER) is None
    assert await store.dossier(replace(pair, id=pair.id + 1), INVOICE) is None


async def test_documents_are_found_by_their_number(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER, NOTE])
    shelves = [shelf(INVOICE), shelf(NOTE), shelf(OTHER, "INV-0043")]
    await store.record(pair, lease, Settlement(shelves=shelves))
    assert await store.numbered(pair, "inv-0042") == [NOTE, INVOICE]
    assert await store.numbered(pair, "INV-0043") == [OTHER]
    assert await store.numbered(pair, "INV-004") == []
    assert await store.numbered(pair, "") == []
    assert await store.numbered(replace(pair, id=pair.id + 1), "INV-0043") == []


@pytest.mark.postgresql
async def test_the_database_itself_refuses_to_write_while_it_explains(
    store: PostgresStore, pair: Pair
) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with store._snapshot() as tx:
            await tx.run("UPDATE tieout.pair SET name = 'other' WHERE id = :pair", pair=pair.id)

"""Leases, commands and recording: who may write, what was intended, what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tieout.core.decision.plan import Command, Receipt, Role, State, Status, Verdict
from tieout.core.failures import Superseded, Unstorable
from tieout.core.reconciliation.recorded import KnownDocument, Sent
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Observation, Pair, Settlement, Shelf
from tieout.store.store import PostgresStore

INVOICE, OTHER = Ref(Kind.INVOICE, "9"), Ref(Kind.INVOICE, "10")
CUSTOMER = Ref(Kind.CUSTOMER, "501")
AGREED = Verdict(ref=INVOICE, state=State.AGREED)
Observed = Callable[..., Observation]
Posting = Callable[..., Command]


def receipt(key: str, status: Status = Status.POSTED, no: str = "FB-9") -> Receipt:
    return Receipt(
        key=key,
        status=status,
        no=no,
        register_no=4,
        entry_no=17,
        amount=Decimal("120.00"),
        posted_at="2026-03-02T09:00:00Z",
        text="as NAV says",
    )


async def test_a_claim_raises_the_epoch_and_keeps_others_out_until_it_runs_out(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    async def claim(owner: str, seconds: float, above: int = 0) -> int | None:
        lease = await store.claim(
            pair.company_id,
            owner=owner,
            now=now + timedelta(seconds=seconds),
            lease_s=10,
            above=above,
        )
        return lease.epoch if lease else None

    assert await claim("one", 0) == 1
    assert await claim("two", 9.9) is None
    assert await claim("one", 9.9) == 2, "its own lease does not keep an owner out"
    assert await claim("two", 19.9) == 3
    assert await claim("two", 20, above=40) == 41
    assert await store.lease_owner(pair.company_id) == "two"


async def test_of_many_that_claim_at_once_one_wins(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    leases = await asyncio.gather(
        *(store.claim(pair.company_id, owner=f"w{n}", now=now, lease_s=10) for n in range(8))
    )
    assert [lease.epoch for lease in leases if lease] == [1]


async def test_renewing_keeps_the_lease_and_releasing_gives_it_back(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    later = now + timedelta(seconds=9)
    await store.renew(lease, now=later, lease_s=10)
    at = now + timedelta(seconds=15)
    assert await store.claim(pair.company_id, owner="two", now=at, lease_s=10) is None
    await store.release(lease)
    assert await store.claim(pair.company_id, owner="two", now=at, lease_s=10)


async def test_a_lease_that_was_taken_over_can_neither_be_renewed_nor_released(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    at = now + timedelta(seconds=11)
    assert await store.claim(pair.company_id, owner="two", now=at, lease_s=10)
    with pytest.raises(Superseded):
        await store.renew(lease, now=at, lease_s=10)
    await store.release(lease)
    assert await store.claim(pair.company_id, owner="three", now=at, lease_s=10) is None


async def test_whoever_was_taken_over_changes_nothing(
    store: PostgresStore,
    pair: Pair,
    lease: Lease,
    now: datetime,
    posting: Posting,
    observed: Observed,
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    command = posting(INVOICE)
    await store.intend(pair, lease, [command])
    successor = await store.claim(
        pair.company_id, owner="two", now=now + timedelta(seconds=11), lease_s=10
    )
    assert successor is not None
    assert successor.epoch == lease.epoch + 1

    with pytest.raises(Superseded):
        await store.intend(pair, lease, [posting(OTHER)])
    with pytest.raises(Superseded):
        await store.abandon(pair, lease, [command.key])
    with pytest.raises(Superseded):
        await store.record(
            pair,
            lease,
            Settlement(
                receipts=[receipt(command.key)],
                verdicts=[AGREED],
                observations=[observed(INVOICE)],
                settled={INVOICE: 1},
            ),
        )

    (unfinished,) = await store.unfinished(pair)
    assert (unfinished.command, unfinished.state) == (command, "intended")
    stored = (await store.documents(pair, [INVOICE]))[INVOICE]
    assert (stored.state, stored.observation) == (State.PENDING, None)
    assert len(await store.due(pair, now=now, limit=9)) == 1


async def test_commands_come_back_as_they_were_intended_in_order(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Posting
) -> None:
    first = posting(
        INVOICE,
        "FB-INV-9-1X",
        role=Role.REVERSE,
        payload={"lines": [{"amount": "-1.50", "é": "ü'\"\\"}], "due_date": ""},
    )
    second = posting(INVOICE, "FB-INV-9-2", revision=2, depends_on=("FB-INV-9-1X", "FB-CUS-1-1"))
    await store.intend(pair, lease, [first, second])
    await store.intend(pair, lease, [posting(OTHER, "A-KEY-THAT-SORTS-FIRST")])

    unfinished = await store.unfinished(pair)

    assert [each.command for each in unfinished][:2] == [first, second]
    assert [each.command.hash for each in unfinished][:2] == [first.hash, second.hash]
    assert [each.command.ref for each in unfinished] == [INVOICE, INVOICE, OTHER]
    assert {(each.state, each.receipt) for each in unfinished} == {("intended", None)}


async def test_a_key_is_used_once_in_a_nav_company(
    store: PostgresStore,
    pair: Pair,
    lease: Lease,
    posting: Posting,
    freshbooks: dict[str, str],
    nav: dict[str, str],
) -> None:
    command = posting(INVOICE)
    await store.intend(pair, lease, [command])
    fresh = posting(OTHER)

    with pytest.raises(Unstorable, match="FB-DOC-9-1"):
        await store.intend(pair, lease, [fresh, posting(INVOICE, payload={"amount": "1.00"})])
    neighbour = await store.add_pair(
        "acme-2", {**freshbooks, "account_id": "OTHER"}, nav, {"prefix": "F2"}, {}
    )
    with pytest.raises(Unstorable, match="FB-DOC-9-1"):
        await store.intend(neighbour, lease, [command])

    assert [each.command for each in await store.unfinished(pair)] == [command]
    assert list(await store.unfinished(neighbour)) == []


@pytest.mark.parametrize("status", [Status.REFUSED, Status.SKIPPED, Status.NOT_TRIED])
async def test_a_command_without_effect_may_be_intended_again(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Posting, status: Status
) -> None:
    command = posting(INVOICE)
    await store.intend(pair, lease, [command])
    await store.record(pair, lease, Settlement(receipts=[receipt(command.key, status)]))
    assert list(await store.unfinished(pair)) == []

    await store.intend(pair, lease, [command])

    (again,) = await store.unfinished(pair)
    assert (again.command, again.state, again.receipt) == (command, "intended", None)


async def test_what_is_done_stays_done(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Posting
) -> None:
    command = posting(INVOICE)
    await store.intend(pair, lease, [command])
    done = receipt(command.key)
    await store.record(pair, lease, Settlement(receipts=[done]))

    await store.record(pair, lease, Settlement(receipts=[receipt(command.key, Status.REFUSED)]))
    await store.record(pair, lease, Settlement(unknown=[command.key]))
    await store.abandon(pair, lease, [command.key])
    with pytest.raises(Unstorable):
        await store.intend(pair, lease, [command])

    await store.record(pair, lease, Settlement(verdicts=[AGREED]))
    (stored,) = (await store.documents(pair, [INVOICE]))[INVOICE].commands
    assert (stored.state, stored.receipt) == ("done", done)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.POSTED, "done"),
        (Status.ALREADY, "done"),
        (Status.REFUSED, "refused"),
        (Status.CONFLICT, "refused"),
        (Status.SKIPPED, "abandoned"),
        (Status.NOT_TRIED, "abandoned"),
    ],
)
async def test_each_answer_finishes_its_command(
    store: PostgresStore,
    pair: Pair,
    lease: Lease,
    posting: Posting,
    status: Status,
    state: str,
) -> None:
    command = posting(INVOICE)
    await store.intend(pair, lease, [command])
    answer = receipt(command.key, status)
    await store.record(pair, lease, Settlement(receipts=[answer]))
    (stored,) = (await store.commands(pair, [INVOICE]))["9"]
    assert (stored.state, stored.receipt) == (state, answer)
    assert list(await store.unfinished(pair)) == []


async def test_an_unknown_outcome_stays_unfinished_until_found_or_abandoned(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Posting
) -> None:
    lost, found = posting(INVOICE), posting(OTHER)
    await store.intend(pair, lease, [lost, found])
    await store.record(pair, lease, Settlement(unknown=[lost.key, found.key]))
    assert [each.state for each in await store.unfinished(pair)] == ["unknown", "unknown"]

    await store.abandon(pair, lease, [lost.key])
    await store.record(pair, lease, Settlement(receipts=[receipt(found.key, Status.ALREADY)]))

    assert list(await store.unfinished(pair)) == []
    commands = await store.commands(pair, [INVOICE, OTHER])
    assert [commands["9"][0].state, commands["10"][0].state] == ["abandoned", "done"]


async def test_lines_in_a_journal_wait_until_they_are_posted_taken_back_or_removed(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Posting
) -> None:
    refs = [Ref(Kind.INVOICE, str(number)) for number in range(1, 5)]
    drafts = [posting(ref) for ref in refs]
    await store.intend(pair, lease, drafts)
    waiting = [receipt(draft.key, Status.AWAITING, no="") for draft in drafts]
    await store.record(pair, lease, Settlement(receipts=waiting))
    assert [each.command for each in await store.awaiting(pair)] == drafts
    assert list(await store.unfinished(pair)) == []

    still, posted, withdrawn, removed = drafts
    payload = {"document_key": withdrawn.key}
    back = posting(refs[2], "FB-DOC-3-1X", role=Role.TAKE_BACK, payload=payload)
    await store.intend(pair, lease, [back])
    answers = [receipt(posted.key), receipt(back.key)]
    await store.record(pair, lease, Settlement(receipts=answers))
    await store.abandon(pair, lease, [removed.key, posted.key])

    assert [each.command for each in await store.awaiting(pair)] == [still]
    stored = await store.commands(pair, refs)
    states = {command.command.key: command.state for each in stored.values() for command in each}
    assert states == {
        still.key: "awaiting",
        posted.key: "done",
        withdrawn.key: "withdrawn",
        back.key: "done",
        removed.key: "removed",
    }
    for final in (still, withdrawn, removed):
        with pytest.raises(Unstorable, match="a key is used once"):
            await store.intend(pair, lease, [final])


async def test_a_receipt_for_what_was_never_intended_is_a_bug_and_changes_nothing(
    store: PostgresStore, pair: Pair, lease: Lease
) -> None:
    with pytest.raises(AssertionError, match="never intended"):
        await store.record(
            pair, lease, Settlement(receipts=[receipt("FB-INV-1-1")], verdicts=[AGREED])
        )
    assert (await store.status(pair)).seen == 0


async def test_a_created_customer_becomes_a_link(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Posting
) -> None:
    refused = Ref(Kind.CUSTOMER, "502")
    commands = [posting(ref, role=Role.CREATE_CUSTOMER) for ref in (CUSTOMER, refused)]
    await store.intend(pair, lease, commands)
    answers = [
        receipt(commands[0].key, no="C00010"),
        receipt(commands[1].key, Status.REFUSED, no=""),
    ]
    for _ in range(2):
        await store.record(pair, lease, Settlement(receipts=answers))
    assert await store.customers(pair, ["501", "502", "999"]) == {"501": "C00010"}
    assert await store.clients_of(pair, ["C00010", "C00020"]) == {"501": "C00010"}
    assert await store.clients_of(pair, ["C00020"]) == await store.clients_of(pair, []) == {}


async def test_record_writes_states_contents_shelves_and_settled_versions(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, observed: Observed
) -> None:
    finding = Finding(rule="TAX_NOT_MAPPED", text="GST is not mapped.", remedy="Map it.")
    await store.accept(pair, now=now, refs=[INVOICE, OTHER])
    content = observed(INVOICE, b"as read")
    await store.record(
        pair,
        lease,
        Settlement(
            verdicts=[
                AGREED,
                Verdict(ref=OTHER, state=State.HELD, reason=str(finding), findings=(finding,)),
            ],
            observations=[content],
            shelves=[
                Shelf(
                    ref=OTHER,
                    number="INV-0010",
                    customer="501",
                    invoice="",
                    currency="GBP",
                    amount=Decimal("0.10"),
                    dated=date(2026, 3, 1),
                )
            ],
            settled={INVOICE: 1, OTHER: 1},
        ),
    )
    assert list(await store.due(pair, now=now, limit=9)) == []
    documents = await store.documents(pair, [INVOICE, OTHER])
    assert documents[INVOICE].state is State.AGREED
    assert documents[INVOICE].observation == content
    (held,) = await store.held(pair)
    assert (held.ref, held.number, held.findings, held.since) == (
        OTHER,
        "INV-0010",
        (finding,),
        now,
    )


async def test_what_changes_during_a_round_is_looked_at_again(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, observed: Observed
) -> None:
    await store.accept(pair, now=now, observations=[observed(INVOICE, b"first")])
    (claimed,) = await store.due(pair, now=now, limit=9)
    newer = observed(INVOICE, b"second, while the first is being settled")
    await store.accept(pair, now=now, observations=[newer])

    await store.record(
        pair,
        lease,
        Settlement(
            verdicts=[AGREED],
            observations=[claimed.observation] if claimed.observation else [],
            settled={INVOICE: claimed.version},
        ),
    )

    (again,) = await store.due(pair, now=now, limit=9)
    assert (again.version, again.observation) == (2, newer)
    assert (await store.documents(pair, [INVOICE]))[INVOICE].state is State.PENDING


async def test_a_retry_is_a_later_due_time_and_one_attempt_more(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    for attempt in (1, 2):
        at = now + timedelta(minutes=attempt)
        # Listed as settled too: that it must be looked at again is the stronger statement.
        await store.record(
            pair, lease, Settlement(settled={INVOICE: 1}, retry={INVOICE: (at, "nav: away")})
        )
        assert list(await store.due(pair, now=at - timedelta(seconds=1), limit=9)) == []
        (claimed,) = await store.due(pair, now=at, limit=9)
        assert (claimed.version, claimed.attempts) == (1, attempt)


async def test_a_settled_document_can_be_looked_at_again_later(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    await store.record(pair, lease, Settlement(verdicts=[AGREED], settled={INVOICE: 1}))
    never_noted = Settlement(retry={INVOICE: (now, "waits"), OTHER: (now, "waits")})
    await store.record(pair, lease, never_noted)
    due = {row.ref: row.version for row in await store.due(pair, now=now, limit=9)}
    assert due == {INVOICE: 2, OTHER: 1}


async def test_settling_forgets_the_attempts(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    await store.record(pair, lease, Settlement(retry={INVOICE: (now, "nav: away")}))
    await store.record(pair, lease, Settlement(verdicts=[AGREED], settled={INVOICE: 1}))
    await store.accept(pair, now=now, refs=[INVOICE])
    (claimed,) = await store.due(pair, now=now, limit=9)
    assert claimed.attempts == 0


async def test_a_claim_waits_for_a_recording_that_is_under_way(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    at = now + timedelta(seconds=11)
    settlement = Settlement(verdicts=[AGREED])

    outcomes = await asyncio.gather(
        store.record(pair, lease, settlement),
        store.claim(pair.company_id, owner="two", now=at, lease_s=10),
        return_exceptions=True,
    )

    recorded = not isinstance(outcomes[0], Superseded)
    assert (await store.status(pair)).agreed == recorded
    assert isinstance(outcomes[1], Lease)


async def test_what_is_on_record_tells_of_every_document_and_command(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, posting: Posting
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER])
    command = posting(INVOICE)
    await store.intend(pair, lease, [command])
    abroad = posting(OTHER)
    foreign = replace(abroad, payload={**abroad.payload, "currency_factor": "1.25"})
    await store.intend(pair, lease, [foreign])

    records = [one async for some in store.on_record(pair) for one in some]
    known = [one for one in records if isinstance(one, KnownDocument)]
    sent = [one for one in records if isinstance(one, Sent)]

    assert {one.ref: one.known.state for one in known} == {INVOICE: "pending", OTHER: "pending"}
    assert all(one.known.gone for one in known)
    assert (sent[0].ref, sent[0].key, sent[0].state) == (INVOICE, command.key, "intended")
    assert [one.factor for one in sent] == [None, Decimal("1.25")]
    assert [one.ref for one in sent] == [INVOICE, OTHER]

"""The oracle knows earlier days, frozen days and limits, too: it predicts what the tie-out says of a past that people touched afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance import test_order_to_cash as told
from tests.acceptance.cases.clerk import Clerk
from tests.acceptance.stories import (
    INVOICE,
    MORE_WORK,
    WORK,
    client,
    credit,
    invoice,
    payment,
)
from tests.acceptance.world import World, living
from tests.oracle.books import Notes
from tests.oracle.play import (
    answers_of,
    both,
    days_of,
    freeze,
    play_firm,
    told_by_the_tie_out,
)
from tests.oracle.touch import touch
from tests.oracle.verdict import disagreements, figures

from tieout.app.host import utc_now
from tieout.core.records.identity import Kind, Ref
from tieout_sandboxes.service_firm import ServiceFirm

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)
CREDIT = 30947
GL = {"account_type": "G/L Account"}
ACME = {"account_type": "Customer", "account_no": "C00010"}
Found = set[tuple[str, str]]
Act = Callable[[World], Awaitable[None]]


async def agree(world: World, notes: Sequence[Notes] = (), until: date | None = None) -> Found:
    """Both say the same: what both list, differences and explanations alike."""
    mine, said = await both(world, until, notes)
    assert disagreements(mine, said) == []
    return {
        (r["invariant"], r["kind"]) for name in ("differences", "explained") for r in said[name]
    }


async def agree_as_of(world: World, days: Sequence[date], notes: Sequence[Notes] = ()) -> None:
    """Both say the same of the end of each day."""
    answers = await answers_of(world, *days)
    for day in days:
        mine, said = figures(answers, day, notes), await told_by_the_tie_out(world, day)
        assert disagreements(mine, said) == [], day


# ---------------------------------------------------------------- earlier days


async def two_months(world: World) -> None:
    """What stood in March, and what April did about it; one invoice of April is not sent yet."""
    await client(world)
    await invoice(world, WORK)
    await payment(world, "300.00")
    await invoice(world, MORE_WORK, id=INVOICE + 1, number="0000202", day="2026-03-28")
    await invoice(world, WORK, id=INVOICE + 2, number="0000203", status=1, day="2026-04-02")
    await world.sync()
    await payment(world, "700.00", id=11002, day="2026-04-03")
    await payment(world, "1080.00", id=11003, of=INVOICE + 1, day="2026-04-09")
    await world.sync()


async def test_a_month_and_what_the_next_did_about_it(world: World) -> None:
    await two_months(world)
    assert await agree(world, until=MARCH) == set()
    assert await agree(world, until=APRIL) == {("I27", "CUT_OFF"), ("I26", "CUT_OFF")}
    await agree_as_of(world, await days_of(world))


async def test_a_closed_month_that_was_corrected_later(world: World) -> None:
    """As of March: what NAV had by then was corrected after it."""
    await two_months(world)
    await edited_when_march_was_closed(world)
    found = await agree(world, until=MARCH)
    assert {(check, "PRIOR_PERIOD_CHANGE") for check in ("I1", "I6", "I18")} < found


async def test_a_story_day_by_day(world: World) -> None:
    """Money that went back in parts, and came again."""
    await told.test_a_chargeback_in_parts_and_a_win_in_part(world)
    await agree_as_of(world, await days_of(world))


async def test_a_gain_on_foreign_money_day_by_day(world: World) -> None:
    """A euro is worth more when it comes in than when it was owed: 0.87 and not 0.85."""
    await Clerk(world.nav).rate("EUR", "2026-03-10", "0.85")
    await Clerk(world.nav).rate("EUR", "2026-03-15", "0.87")
    await client(world)
    await invoice(
        world, WORK | {"unit_cost": {"amount": "80.00", "code": "EUR"}}, currency_code="EUR"
    )
    paid = {"amount": {"amount": "960.00", "code": "EUR"}, "date": "2026-03-15"}
    await world.person.create("payment", 11001, invoiceid=INVOICE, type="Bank Transfer", **paid)
    await world.sync()
    gain = await world.nav.rows("GeneralLedgerEntries", "G_L_Account_No eq '7000'")
    assert [row["Amount"] for row in gain] == [Decimal("-19.20")]
    await agree_as_of(world, await days_of(world))


# ---------------------------------------------------------------- frozen days


async def by_hand(world: World, number: str, day: str, *sides: dict[str, str]) -> None:
    """The accountant posts 75.00 from the second to the first."""
    lines = [side | {"amount": sign} for side, sign in zip(sides, ("75.00", "-75.00"), strict=True)]
    await Clerk(world.nav).post({"document_no": number, "posting_date": day}, lines)


def account(number: str) -> dict[str, str]:
    return GL | {"account_no": number}


async def dated_back(world: World) -> None:
    await by_hand(world, "GJ-77", "2026-03-20", account("4000"), account("4900"))


async def dated_back_on_a_customer(world: World) -> None:
    await by_hand(world, "GJ-78", "2026-03-21", ACME, account("4000"))


async def another_rate_of_vat(world: World) -> None:
    values = {"VAT %": "6"}
    order = {"table": "VAT Posting Setup", "key": ["DOMESTIC", "VAT5"], "values": values}
    await world.nav.control("record", order)


async def written_late(world: World) -> None:
    """March is open still: an invoice is dated into it and posted there."""
    await invoice(world, WORK, id=INVOICE + 3, number="0000204", day="2026-03-30")
    await world.sync()


async def on_its_way(world: World) -> None:
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])


async def taken_out(world: World) -> None:
    """Past NAV: an entry of March is not there any more."""
    key = f"External_Document_No eq 'FB-INV-{INVOICE}-1' and G_L_Account_No eq '4000'"
    (row,) = await world.nav.rows("GeneralLedgerEntries", key)
    world.nav_server.state.company.database.delete("G/L Entry", row["Entry_No"])


async def edited_when_march_was_closed(world: World) -> None:
    """NAV is corrected in an open month."""
    await world.nav.set_posting_window("2026-04-01")
    await world.person.update("invoice", INVOICE + 1, lines=[WORK])
    await world.sync()


async def deleted_when_march_was_closed(world: World) -> None:
    """What Tieout holds until the accountant has corrected the receipt."""
    await world.nav.set_posting_window("2026-04-01")
    await world.person.update("payment", 11001, vis_state=1)
    await world.sync()


# One after the other, and what of I25 is new with each.
TOUCHED: dict[str, dict[Act, str]] = {
    "open": {
        dated_back: "BACKDATED",
        dated_back_on_a_customer: "BACKDATED",
        written_late: "PRIOR_PERIOD_CHANGE",
        another_rate_of_vat: "SETUP",
        on_its_way: "IN_FLIGHT",
        taken_out: "FROZEN_PAST",
    },
    "closed": {
        edited_when_march_was_closed: "PRIOR_PERIOD_CHANGE",
        deleted_when_march_was_closed: "PRIOR_PERIOD_CHANGE",
    },
}


@pytest.mark.parametrize("month", TOUCHED)
async def test_a_frozen_month_that_people_touch(world: World, month: str) -> None:
    await two_months(world)
    notes = [await freeze(world, MARCH)]
    assert {kind for check, kind in await agree(world, notes) if check == "I25"} == set()
    for touched, kind in TOUCHED[month].items():
        await touched(world)
        assert ("I25", kind) in await agree(world, notes), touched.__name__
    notes.append(await freeze(world, date(2026, 3, 15)))
    assert ("I25", kind) in await agree(world, notes, MARCH)
    assert ("I25", kind) not in await agree(world, notes, date(2026, 3, 30)), "another day counts"
    notes.append(await freeze(world, MARCH))
    assert not [k for check, k in await agree(world, notes, MARCH) if check == "I25"], "anew"


async def test_a_firm_whose_frozen_half_year_people_touch(world: World) -> None:
    """After a sync each month: dated back, taken out, set up otherwise, edited, moved, deleted; one edit is on its way."""
    notes: list[Notes] = []
    half = date(2025, 6, 30)

    async def month_ended(day: date) -> None:
        if day.month in (3, 6):
            notes.append(await freeze(world, date(2025, 3, 31) if day.month == 3 else half))

    await play_firm(world, ServiceFirm(seed=3, documents=60), month_ended)
    done = await touch(world, half)
    assert len(done) > 7
    found = await agree(world, notes)
    assert {kind for check, kind in found if check == "I25"} == {
        "BACKDATED",
        "FROZEN_PAST",
        "IN_FLIGHT",
        "PRIOR_PERIOD_CHANGE",
        "SETUP",
    }
    await agree_as_of(world, [date(2025, 5, 13), half], notes)


# ---------------------------------------------------------------- out of a closed month


async def a_month_that_is_closed(world: World) -> None:
    """An invoice with a payment, a goodwill credit that pays nothing yet, and nobody posts in March any more."""
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await credit(world, WORK | {"qty": "1"}, id=CREDIT)
    await world.sync()
    await world.nav.set_posting_window("2026-04-01")


async def moved_to(world: World, day: str, *documents: int) -> None:
    """The invoice and the credit note get another day, or only one of them."""
    for kind, number in (("invoice", INVOICE), ("credit_note", CREDIT)):
        if number in (documents or (INVOICE, CREDIT)):
            await world.person.update(kind, number, create_date=day)
    await world.sync()


MOVED: Found = {(check, "DATE_PERIOD") for check in ("I6", "I18", "I26")}


async def test_what_was_moved_out_of_a_closed_month_is_explained(world: World) -> None:
    """Once, once more on open days, and when its new month is closed as well; what is explained is both documents and nothing else."""
    await a_month_that_is_closed(world)
    for day in ("2026-04-05", "2026-04-20"):
        await moved_to(world, day)
        assert await agree(world) == MOVED, day
        result = await world.tie_out()
        assert result.agrees
        assert {d.subject for d in result.explained if d.invariant != "I26"} == {
            f"invoice/{INVOICE}",
            f"credit_note/{CREDIT}",
        }
    await world.nav.set_posting_window("2026-05-01")
    assert await agree(world) == MOVED
    assert (await world.tie_out()).agrees
    await agree_as_of(world, await days_of(world))


async def test_what_was_moved_beyond_the_day_or_deleted_has_left_its_traces(world: World) -> None:
    """As of a day between, NAV has taken it back and FreshBooks does not have it yet; in the end nobody has it any more."""
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.nav.set_posting_window("2026-04-01")
    await moved_to(world, "2027-01-05", INVOICE)
    assert await agree(world) == MOVED
    assert await agree(world, until=date(2026, 12, 31)) == MOVED
    await world.person.update("invoice", INVOICE, vis_state=1)
    await world.sync()
    assert await agree(world) == MOVED
    (told,) = [d for d in (await world.tie_out()).explained if d.invariant == "I26"]
    assert told.nav == 2 * Decimal("960.00"), "in I6 and in I18"


async def test_what_was_deleted_from_a_closed_month(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.nav.set_posting_window("2026-04-01")
    await world.person.update("invoice", INVOICE, vis_state=1)
    await world.sync()
    assert await agree(world) == MOVED
    assert (await world.tie_out()).agrees


async def test_what_stands_on_its_first_day_is_a_difference(world: World) -> None:
    """The accountant shall decide before March is corrected: NAV has one posting, on a day that is wrong by now."""
    await a_month_that_is_closed(world)
    setups = await world.installation.store.posting_setups(world.pair)
    content = {**setups[max(setups)], "prior_period_changes": "hold"}
    await world.installation.store.change_posting_setup(world.pair, content)
    await moved_to(world, "2026-04-05")
    dated = {("I6", "DATE_PERIOD"), ("I18", "DATE_PERIOD"), ("I23", "DUE_DATE")}
    assert await agree(world) == dated
    assert (await world.tie_out()).explained == ()


async def test_money_that_was_moved_out_of_a_closed_month_is_a_difference(world: World) -> None:
    """Tieout holds it, and NAV's bank has it where it was."""
    await a_month_that_is_closed(world)
    await world.person.update("payment", 11001, date="2026-04-05")
    await world.sync()
    assert ("I7", "DATE_PERIOD") in await agree(world)
    (found,) = [d for d in (await world.tie_out()).differences if d.invariant == "I7"]
    assert found.subject == "payment/11001"


# ---------------------------------------------------------------- limits

RECEIPT = Ref(Kind.PAYMENT, "11003")
TIGHT = {
    "BANK_CHARGE": {"share": "0.007"},
    "CUT_OFF": {"days": 20},
    "NAV_ONLY": {"total": "70.00"},
    "PRIOR_PERIOD_CHANGE": {"share": None, "total": "119.99"},
    "DATE_PERIOD": {"days": 25},
}


async def test_what_is_explained_beyond_its_limits(database_url: str, tmp_path: Path) -> None:
    """By its share, its age, and all of a class together; as of April what came later is younger, or not there yet."""
    async with living(database_url, tmp_path, explained_limits=TIGHT) as world:
        store = world.installation.store
        await store.approve(world.pair, RECEIPT, "BANK_CHARGE", "8.00", by="clerk", now=utc_now())
        await two_months(world)
        notes = [await freeze(world, MARCH)]
        await dated_back(world)
        await edited_when_march_was_closed(world)
        await agree(world, notes)
        assert await beyond(world, notes) == {
            "payment/11003",
            "invoice/35003",
            "invoice/35002",
            "all NAV_ONLY",
            "all PRIOR_PERIOD_CHANGE",
        }
        await agree(world, notes, date(2026, 4, 20))
        assert await beyond(world, notes, date(2026, 4, 20)) == {"payment/11003", "all NAV_ONLY"}


async def beyond(world: World, notes: Sequence[Notes], until: date | None = None) -> set[str]:
    answers = await answers_of(world, *([until] if until else []))
    (explained,) = [one for one in figures(answers, until, notes) if one.check == "I26"]
    return {line.where for line in explained.differences}


# ---------------------------------------------------------------- where the tie-out once said otherwise


async def between_accounts_without_an_entry(world: World) -> None:
    """Both are named by the posting setup, and nothing stood there when the day was frozen."""
    await by_hand(world, "GJ-79", "2026-03-20", account("7100"), account("6400"))


async def another_day_on_its_way(world: World) -> None:
    """Customers owe the same by it."""
    await world.person.update("invoice", INVOICE, create_date="2026-03-09")


async def moved_and_edited(world: World) -> None:
    """All of it has left March, not only what its amount was changed by."""
    await world.nav.set_posting_window("2026-04-01")
    await world.person.update("invoice", INVOICE, create_date="2026-04-05", lines=[MORE_WORK])
    await world.sync()


@pytest.mark.parametrize(
    "touched",
    [between_accounts_without_an_entry, another_day_on_its_way, moved_and_edited],
    ids=lambda touched: touched.__name__,
)
async def test_what_the_tie_out_once_said_otherwise(world: World, touched: Act) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    notes = [await freeze(world, MARCH)]
    await touched(world)
    await agree(world, notes)


async def test_the_part_of_a_document_that_is_rounding(database_url: str, tmp_path: Path) -> None:
    """One cent of a document of 58.07, of which 0.05 % may be explained: it is no part of the tax of 7.57."""
    limits = {"ROUNDING": {"share": "0.0005"}}
    cost = {"unit_cost": {"amount": "50.50", "code": "CAD"}}
    taxes = {"taxName1": "GST", "taxAmount1": "5", "taxName2": "QST", "taxAmount2": "9.975"}
    async with living(database_url, tmp_path, "ca", explained_limits=limits) as world:
        await client(world, country="Canada")
        await invoice(world, WORK | {"qty": "1"} | cost | taxes, currency_code="CAD")
        await world.sync()
        assert ("I2", "ROUNDING") in await agree(world)

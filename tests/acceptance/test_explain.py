"""Explaining what stands in NAV: from a FreshBooks document to its entries, from an entry back, and nothing is written anywhere."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, line, payment
from tests.acceptance.world import World, living

from tieout.app.console import plain
from tieout.app.explain import explained
from tieout.app.explanation.text import page_text
from tieout.app.host import utc_now
from tieout.app.running import InputError
from tieout.app.setups import default_setup
from tieout.core.decision.plan import Command, Role
from tieout.core.failures import Unreachable
from tieout.core.records.identity import Kind, Ref
from tieout_sandboxes.people import FreshbooksPerson, browser

LEDGERS = (
    "GeneralLedgerEntries",
    "CustomerLedgerEntries",
    "DetailedCustLedgEntries",
    "VATEntries",
    "BankAccountLedgerEntries",
    "Customer",
    "GeneralJournal",
    "CashReceiptJournal",
)
BY_HAND = {
    "document_type": "Payment",
    "document_no": "NAV-17",
    "posting_date": "2026-03-16",
    "lines": [
        {"account_type": "Customer", "account_no": "C00010", "amount": "-10.00"},
        {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": "10.00"},
    ],
}
EURO = {"type": 0, "name": "Design", "qty": "2", "unit_cost": {"amount": "100.00", "code": "EUR"}}


async def pages(world: World, *what: str, source: bool = False) -> list[dict[str, Any]]:
    found = explained(world.installation, world.pair, list(what), source=source)
    return [page async for page in found]


async def page(world: World, what: str, *, source: bool = False) -> dict[str, Any]:
    (found,) = await pages(world, what, source=source)
    return found


def command(found: dict[str, Any], key: str) -> dict[str, Any]:
    (one,) = [each for each in found["commands"] if each["key"] == key]
    return dict(one)


def rules(told: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(*each["account_rules"], *each["tax_rules"]) for each in told["lines"]]


async def edited_and_paid(world: World) -> None:
    """An invoice of 960.00, of which 500.00 were paid before it became one of 1080.00."""
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()


async def test_an_invoice_from_its_content_to_its_entries(world: World) -> None:
    await edited_and_paid(world)
    found = await page(world, "invoice/35001")
    document = found["document"]
    assert (found["explained"], found["not_read"], found["words"]) == (True, "", "")
    assert (document["number"], document["state"], document["currency"]) == ("0000201", "agreed", "GBP")  # fmt: skip
    assert (document["amount"], document["outstanding"]) == (Decimal(1080), Decimal(580))
    assert (document["client"], document["customer_no"]) == ("customer/7001", "C00010")
    assert document["customer_made_by"] == ["FB-CUS-7001-1"]
    assert found["content"]["intact"]
    assert found["content"]["not_kept"] == ["FB-INV-35001-1"]
    assert [(c["key"], c["role"], c["state"]) for c in found["commands"]] == [
        ("FB-INV-35001-1", "post", "done"),
        ("FB-INV-35001-1X", "reverse", "done"),
        ("FB-INV-35001-2", "post", "done"),
    ]
    assert [c["made_of"] for c in found["commands"]] == ["not_kept", "", "content"]


async def test_a_command_with_its_rules_its_request_and_its_answer(world: World) -> None:
    await edited_and_paid(world)
    found = await page(world, "invoice/35001")
    last = command(found, "FB-INV-35001-2")
    assert last["document_lines"] == [
        {
            "line": 1,
            "item": "Consulting",
            "amount": Decimal("900.00"),
            "currency": "GBP",
            "taxes": ("VAT 20 %",),
            "rules": ("lines[3]", "taxes[0]"),
        }
    ]
    assert rules(last) == rules(command(found, "FB-INV-35001-1")) == [(), ("lines[3]", "taxes[0]")]
    setup = default_setup("GBP")
    assert setup["lines"][3]["gl_account"] == "4000"
    assert setup["taxes"][0]["vat_prod"] == "VAT20"
    assert last["customer_rules"] == ("customers[0]",)
    assert (last["setup_version"], last["revision"]) == (1, 2)
    assert last["request_intact"]
    assert last["answer"]["status"] == "posted"
    assert last["answer"]["no"] == "FB0000201-2"
    (entry,) = await world.nav.rows("CustomerLedgerEntries", "Document_No eq 'FB0000201-2'")
    assert last["answer"]["entry_no"] == entry["Entry_No"]
    assert last["intended_at"] <= last["done_at"][:19] + "Z"
    back = command(found, "FB-INV-35001-1X")
    assert {each["note"] for each in back["lines"]} == {"the opposite of FB-INV-35001-1"}
    assert back["lines"][0]["settles"] == "Invoice FB0000201"


async def test_what_stands_in_nav_is_all_that_nav_shows_under_its_keys(world: World) -> None:
    await edited_and_paid(world)
    await world.nav.control("journal", BY_HAND)
    found = await page(world, "invoice/35001")
    for page_name, part in (
        ("CustomerLedgerEntries", "customer"),
        ("VATEntries", "vat"),
        ("BankAccountLedgerEntries", "bank"),
    ):
        rows = await world.nav.rows(page_name)
        mine = {r["Entry_No"] for r in rows if r["Document_No"].startswith("FB0000201")}
        assert {each["entry_no"] for each in found["nav"][part]} == mine
    rows = await world.nav.rows("GeneralLedgerEntries")
    mine = {r["Entry_No"] for r in rows if r["External_Document_No"].startswith("FB-INV-35001-")}
    assert {each["entry_no"] for each in found["nav"]["general"]} == mine
    assert len(mine) == 9
    standing = [each for each in found["nav"]["applied"] if not each["undone"]]
    assert [
        (each["document"], each["other_document"], each["other_ref"], abs(each["amount"]))
        for each in standing
    ] == [
        ("Credit Memo FB0000201-C1", "Invoice FB0000201", "invoice/35001", Decimal(960)),
        ("Invoice FB0000201-2", "Payment FBP11001", "payment/11001", Decimal(500)),
    ]


async def test_every_entry_leads_back_to_its_document(world: World) -> None:
    await edited_and_paid(world)
    for row in await world.nav.rows("GeneralLedgerEntries"):
        found = await page(world, str(row["Entry_No"]))
        key = row["External_Document_No"]
        assert found["explained"]
        assert found["entry"]["key"] == key
        assert found["document"]["ref"] == ("invoice/35001" if "INV" in key else "payment/11001")
        assert key in [each["key"] for each in found["commands"]]
    for row in await world.nav.rows("CustomerLedgerEntries"):
        found = await page(world, f"entry/{row['Entry_No']}")
        kind = "payment" if row["Document_Type"] == "Payment" else "invoice"
        assert found["document"]["kind"] == kind


async def test_keys_and_numbers_lead_there_too(world: World) -> None:
    await edited_and_paid(world)
    words = ("fb-inv-35001-1x", "FB-INV-35001-2", "0000201", "FB0000201-2", "FB0000201-C1")
    for word in words:
        found = await page(world, word)
        assert (found["asked"], found["document"]["ref"]) == (word, "invoice/35001")
        assert found["explained"]
    found = await pages(world, "FBP11001", "invoice/35001", "customer/7001")
    refs = [each["document"]["ref"] for each in found]
    assert refs == ["payment/11001", "invoice/35001", "customer/7001"]


async def test_a_word_that_means_two_things_is_explained_as_both(world: World) -> None:
    await client(world)
    await invoice(world, WORK, number="3")
    await payment(world, "500.00")
    await world.sync()
    entry, document = await pages(world, "3")
    assert entry["entry"]["entry_no"] == 3
    assert document["entry"] is None
    assert document["document"]["number"] == "3"
    (only,) = await pages(world, "entry/3")
    assert only["entry"]["entry_no"] == 3


async def test_an_entry_that_is_not_ours_is_told_with_who_posted_it(world: World) -> None:
    await edited_and_paid(world)
    await world.nav.control("journal", BY_HAND)
    await world.nav.control(
        "journal", {**BY_HAND, "document_no": "NAV-18", "external_document_no": "PO-7"}
    )
    (row, *_) = await world.nav.rows("GeneralLedgerEntries", "Document_No eq 'NAV-17'")
    found = await page(world, str(row["Entry_No"]))
    assert not found["explained"]
    assert found["document"] is None
    assert "carries no key of pair main" in found["words"]
    assert "posted by ACCOUNTANT with posting date 2026-03-16 as Payment NAV-17" in found["words"]
    assert page_text(found) == found["words"]
    other = await page(world, "NAV-18")
    assert "'PO-7'" in other["words"]
    assert not other["explained"]


async def test_a_key_of_another_pair_of_the_company_says_whose_it_is(world: World) -> None:
    await edited_and_paid(world)
    freshbooks = {
        "url": "http://127.0.0.1:1",
        "client_id": "c",
        "client_secret": "s",
        "account_id": "other",
        "business_id": "2",
        "access_token": "a",
        "refresh_token": "r",
    }
    nav = {
        name: getattr(world.nav_server, name)
        for name in ("odata_url", "soap_url", "company", "user", "key")
    }
    setup = default_setup("GBP")
    await world.installation.store.add_pair("second", freshbooks, nav, {"prefix": "FX"}, setup)
    await world.nav.control("journal", {**BY_HAND, "external_document_no": "FX-PMT-9-1"})
    found = await page(world, "NAV-17")
    assert not found["explained"]
    assert "carries no key of pair main" in found["words"]
    assert "a key of pair second: tieout explain second FX-PMT-9-1" in found["words"]


async def test_a_key_of_ours_that_somebody_typed_is_no_posting_of_ours(world: World) -> None:
    await edited_and_paid(world)
    forged = {**BY_HAND, "external_document_no": "FB-INV-35001-7"}
    await world.nav.control("journal", forged)
    (row, *_) = await world.nav.rows("GeneralLedgerEntries", "Document_No eq 'NAV-17'")
    for word in (str(row["Entry_No"]), "FB-INV-35001-7"):
        found = await page(world, word)
        assert not found["explained"]
        assert "No command on record has the key FB-INV-35001-7" in found["words"]
        assert "posted by ACCOUNTANT" in found["words"]
        assert found["document"]["ref"] == "invoice/35001"


async def test_what_is_not_there_is_told(world: World) -> None:
    await edited_and_paid(world)
    told = {
        "4711": "NAV has no G/L or customer ledger entry 4711, and neither FreshBooks nor NAV has a document 4711",
        "INV-9999": "Neither FreshBooks nor NAV has a document INV-9999",
        "invoice/1": "invoice/1 was never seen in FreshBooks by pair main",
        "FB-INV-1-1": "Nothing stands in NAV under it either",
        "entry/4711": "NAV has no G/L or customer ledger entry 4711.",
        "customer/1": "customer/1 was never seen",
    }
    for word, words in told.items():
        found = await page(world, word)
        assert words in found["words"], word
        assert not found["explained"]
    with pytest.raises(InputError, match="write kind/id"):
        await page(world, "invoice/INV-1")


async def test_a_document_that_is_held_has_no_commands(world: World) -> None:
    await client(world)
    await invoice(world, line("Odd", "1", "100.00", "17.5"))
    await world.sync()
    found = await page(world, "0000201")
    assert (found["explained"], found["document"]["state"], found["commands"]) == (True, "held", [])
    assert found["document"]["reason"].startswith("TAX_NOT_MAPPED")
    assert "Nothing stands in NAV under a key of it now." in page_text(found)


async def test_a_foreign_invoice_tells_its_rate_and_when_the_table_says_otherwise(
    world: World,
) -> None:
    await client(world, country="Germany")
    await invoice(world, EURO, currency_code="EUR")
    await world.sync()
    rate = command(await page(world, "invoice/35001"), "FB-INV-35001-1")["rate"]
    assert (rate["currency"], rate["local"]) == ("EUR", "GBP")
    assert rate["factor"] == rate["row_now"]
    assert rate["source"].startswith("NAV's exchange rates, the row of 20")
    await world.nav.create(
        "CurrencyExchangeRates",
        Currency_Code="EUR",
        Starting_Date="2026-03-10",
        Exchange_Rate_Amount=1,
        Relational_Exch_Rate_Amount=0.5,
    )
    found = await page(world, "invoice/35001")
    rate = command(found, "FB-INV-35001-1")["rate"]
    assert (rate["row_since"].isoformat(), rate["row_now"]) == ("2026-03-10", Decimal(2))
    assert "the row of 2026-03-10 says 2" in rate["source"]
    assert f"rate: {rate['factor']} EUR for one GBP" in page_text(found)


async def test_a_payment_that_nav_itself_reversed(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await world.person.update("payment", 11001, vis_state=1)
    await world.sync()
    found = await page(world, "payment/11001")
    assert found["content"]["deleted"]
    roles = [each["role"] for each in found["commands"]]
    assert sorted(roles) == ["post", "take_back", "unapply"]
    general, customers = found["nav"]["general"], found["nav"]["customer"]
    assert {each["reverses"] for each in general} - {0} <= {each["entry_no"] for each in general}
    assert len(general) == 4
    assert [each["reversed"] for each in customers] == [True, True]
    (standing,) = [each for each in found["nav"]["applied"] if not each["undone"]]
    assert (standing["other_ref"], abs(standing["amount"])) == ("payment/11001", Decimal(960))


async def test_a_later_setup_is_not_taken_for_the_one_it_was_posted_with(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    changed = default_setup("GBP")
    changed["lines"] = [{"items": ["Design"], "gl_account": "4050", "gen_prod": "SERVICES"}, *changed["lines"]]  # fmt: skip
    await world.installation.store.change_posting_setup(world.pair, changed)
    await invoice(world, line("Consulting", "1", "80.00"), id=35002, number="0000202")
    await world.sync()
    old = command(await page(world, "invoice/35001"), "FB-INV-35001-1")
    new = command(await page(world, "invoice/35002"), "FB-INV-35002-1")
    assert (old["setup_version"], rules(old)[1]) == (1, ("lines[3]", "taxes[0]"))
    assert (new["setup_version"], rules(new)[1]) == (2, ("lines[4]", "taxes[0]"))


async def test_a_command_that_was_not_answered_is_unknown(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    store, now = world.installation.store, utc_now()
    lease = await store.claim(world.pair.company_id, owner="w", now=now, lease_s=60)
    assert lease is not None
    told = {"customer_no": "C00010", "document_type": "Invoice", "document_no": "FB0000201"}
    asked = Command(
        key="FB-INV-35001-H1",
        ref=Ref(Kind.INVOICE, str(INVOICE)),
        revision=1,
        role=Role.SET_ON_HOLD,
        payload={**told, "on_hold": "FBD"},
    )
    await store.intend(world.pair, lease, [asked])
    found = await page(world, "invoice/35001")
    last = command(found, asked.key)
    assert (last["state"], last["answer"], last["done_at"]) == ("unknown", None, "")
    assert found["explained"]
    assert "what became of it is unknown until the next sync" in page_text(found)


async def test_without_nav_the_record_is_explained_and_the_rest_could_not_be_told(
    world: World,
) -> None:
    await edited_and_paid(world)
    (row, *_) = await world.nav.rows("GeneralLedgerEntries")
    await world.nav.control("faults", {"kind": "status", "status": 503, "times": -1})
    found = await page(world, "invoice/35001")
    assert found["nav"] is None
    assert found["not_read"]
    assert len(found["commands"]) == 3
    assert "NAV could not be read" in page_text(found)
    with pytest.raises(Unreachable):
        await page(world, f"entry/{row['Entry_No']}")


async def test_personal_data_is_shown_only_when_asked_for(world: World) -> None:
    await client(world)
    await invoice(world, line("Consulting", "10", "80.00"), fname="Ann", lname="Lee")
    await payment(world, "960.00", note="thank you Ann")
    await world.sync()
    words = ("invoice/35001", "payment/11001", "customer/7001")
    private = ("Acme 7001", "c7001@example.com", "Lee", "thank you")
    quiet = [plain(each) for each in await pages(world, *words)]
    shown = [plain(each) for each in await pages(world, *words, source=True)]
    told = json.dumps(quiet) + "".join(map(page_text, await pages(world, *words)))
    assert not [word for word in private if word in told]
    assert quiet[2]["commands"][0]["withheld"][:2] == ["address", "address2"]
    assert "name" not in quiet[2]["nav"]["card"]
    told = json.dumps(shown)
    assert not [word for word in private if word not in told]
    assert shown[2]["nav"]["card"]["name"] == "Acme 7001"
    assert hashlib.sha256(shown[0]["content"]["source"].encode()).hexdigest() == quiet[0]["content"]["sha256"]  # fmt: skip


async def test_nothing_is_written_anywhere(world: World, database_url: str) -> None:
    await edited_and_paid(world)
    await world.nav.control("journal", BY_HAND)

    async def everything() -> tuple[object, ...]:
        nav = [await world.nav.rows(each) for each in LEDGERS]
        return nav, await world.nav.gateway(), tables(database_url)

    before = await everything()
    asked = dict(world.installation.calls)
    requests = (await world.nav.state())["requests"]
    words = ("invoice/35001", "payment/11001", "customer/7001", "3", "NAV-17", "4711", "0000201")
    await pages(world, *words, source=True)
    after = await everything()
    assert after == before
    new = {verb: n - asked.get(verb, 0) for verb, n in world.installation.calls.items()}
    assert {verb for verb, n in new.items() if n} == {"nav GET"}
    now = (await world.nav.state())["requests"]
    assert now.get("POST", 0) == requests.get("POST", 0)
    assert not {verb for verb in now if verb not in ("GET", "POST")} - set(requests)


def tables(database_url: str) -> dict[str, str]:
    """The rows of every table, as one fingerprint each."""
    with psycopg.connect(database_url) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = "SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {} t"
        return {name: str(connection.execute(rows.format(name)).fetchone()) for (name,) in names}


@pytest.fixture
async def by_pages(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with living(database_url, tmp_path, route="pages", longest_request_s=1) as alive:
        yield alive


async def test_by_pages_lines_wait_in_the_journal_and_then_stand_in_the_ledger(
    by_pages: World,
) -> None:
    world = by_pages
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    found = await page(world, "invoice/35001")
    told = command(found, "FB-INV-35001-1")
    assert (told["state"], told["made_of"]) == ("awaiting", "content")
    assert rules(told)[1] == ("lines[3]", "taxes[0]")
    assert [(each.account_no, each.amount) for each in found["nav"]["unposted"]] == [
        ("C00010", Decimal(960)),
        ("4000", Decimal(-960)),
    ]
    assert "Waiting in NAV's journals for a person to post them" in page_text(found)
    money = await page(world, "payment/11001")
    assert {each.template for each in money["nav"]["unposted"]} == {"CASHRCPT"}
    for template in ("GENERAL", "CASHRCPT"):
        batch = {"template_name": template, "batch_name": "FRESHBOOKS"}
        await world.nav.control("post_batch", batch)
    found = await page(world, "invoice/35001")
    assert found["nav"]["unposted"] == ()
    assert {each["user"] for each in found["nav"]["general"]} == {"ACCOUNTANT"}
    await world.sync()
    found = await page(world, "FBP11001")
    assert command(found, "FB-PMT-11001-1")["state"] == "done"
    assert found["nav"]["applied"][0]["other_ref"] == "invoice/35001"


async def test_an_explanation_takes_few_requests_however_much_stands_in_the_ledgers(
    world: World,
) -> None:
    await edited_and_paid(world)
    few = await requests_of(world, "invoice/35001")
    for n in range(30):
        await invoice(world, WORK, id=36000 + n, number=f"N{n:05d}")
        await payment(world, "960.00", id=12000 + n, of=36000 + n)
    await world.sync()
    assert await requests_of(world, "invoice/35001") == few <= 10


async def requests_of(world: World, word: str) -> int:
    before = world.installation.calls["nav GET"]
    await page(world, word)
    return world.installation.calls["nav GET"] - before


async def test_the_command_line(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        tieout("sync", "main")
        async with browser() as http:
            person = FreshbooksPerson(connection["freshbooks"], http)
            (made, *_) = await person.every("invoice")
        ref = f"invoice/{made['id']}"
        text, both = await asyncio.gather(
            asyncio.to_thread(tieout, "explain", "main", ref),
            asyncio.to_thread(tieout.json, "explain", "main", "entry/1", "entry/999999", ends=1),
        )
    assert text.startswith(f"{ref}, number {made['invoice_number']}")
    assert "In NAV now" in text
    assert made["organization"] not in text
    assert [each["explained"] for each in both] == [True, False]
    away, wrong = await asyncio.gather(
        asyncio.to_thread(tieout, "explain", "main", ref, "--source", ends=2),
        asyncio.to_thread(tieout, "explain", "main", "invoice/x", ends=64),
    )
    assert "NAV could not be read" in away
    assert made["organization"] in away
    assert "write kind/id" in wrong

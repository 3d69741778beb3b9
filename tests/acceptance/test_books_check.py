"""Two books that nothing connects: invoices written in FreshBooks, keyed into NAV by hand, checked by reading alone."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openpyxl
import pypdf
import pytest
from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import client, invoice, line, payment
from tests.acceptance.world import World, living

from tieout.app.books_files import WRITERS
from tieout.app.books_reading import MARGIN, checked
from tieout.app.books_report import Report
from tieout.core.matching.check import DAYS
from tieout.core.matching.result import Break, Tier

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
CUSTOMERS = {"C1": "ACME 7001", "C2": "Acme 7002 Ltd"}
READS = {"GET"}


@pytest.fixture
async def apart(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Both systems, filled by people, and a pair that has no gateway and has posted nothing."""
    async with living(database_url, tmp_path, route="pages") as world:
        await fill_freshbooks(world)
        await fill_nav(world)
        yield world


async def fill_freshbooks(world: World) -> None:
    await client(world, 7001)
    await client(world, 7002)
    for n in range(8):
        work = [line("Consulting", "1", f"{100 + 7 * n}.00")]
        who = {"customerid": 7001 + n % 2, "day": f"2026-03-{2 + n:02d}"}
        await invoice(world, *work, id=35001 + n, number=f"{201 + n:07d}", **who)
    await payment(world, "120.00", id=11001, of=35001, day="2026-03-20")
    await payment(world, "128.40", id=11002, of=35002, day="2026-03-21", note="chq 778812")
    await invoice(world, line("Draft", "1", "9.00"), id=35090, number="0000290", status=1)


async def fill_nav(world: World) -> None:
    groups = {"Gen. Bus. Posting Group": "DOMESTIC", "Customer Posting Group": "DOMESTIC"}
    groups["VAT Bus. Posting Group"] = "DOMESTIC"
    for no, name in CUSTOMERS.items():
        values = {"Name": name, **groups}
        await world.nav.control("record", {"table": "Customer", "key": [no], "values": values})
    for n in range(6):  # of eight: 207 is keyed with a slip below, 208 never
        amount = Decimal(100 + 7 * n) * Decimal("1.2")
        day = "2026-04-02" if n == 5 else f"2026-03-{2 + n:02d}"
        await key_sale(world, 103000 + n, f"{201 + n}", f"C{1 + n % 2}", amount, day)
    await key_sale(world, 103006, "207", "C1", Decimal("174.00"), "2026-03-08")
    await key_sale(world, 103007, "203", "C1", Decimal("136.80"), "2026-03-09")
    await key_receipt(world, "BR1", "C1", "120.00", "2026-03-20", "201", applies_to="103000")
    await key_receipt(world, "BR2", "C2", "128.40", "2026-03-21", "chq 778812")


async def key_sale(
    world: World,
    number: int,
    external: str,
    customer: str,
    amount: Decimal,
    day: str,
    due: str = "",
) -> None:
    keyed = sale(number, external, customer, amount, day)
    await world.nav.control("journal", {**keyed, **({"due_date": due} if due else {})})


def sale(number: int, external: str, customer: str, amount: Decimal, day: str) -> dict[str, Any]:
    revenue = {
        "account_type": "G/L Account",
        "account_no": "4000",
        "amount": f"-{amount}",
        "gen_posting_type": "Sale",
        "gen_bus_posting_group": "DOMESTIC",
        "gen_prod_posting_group": "SERVICES",
        "vat_bus_posting_group": "DOMESTIC",
        "vat_prod_posting_group": "VAT20",
    }
    owed = {"account_type": "Customer", "account_no": customer, "amount": str(amount)}
    document = {"document_type": "Invoice", "document_no": str(number), "posting_date": day}
    return {**document, "external_document_no": external, "lines": [owed, revenue]}


async def key_receipt(
    world: World,
    number: str,
    customer: str,
    amount: str,
    day: str,
    external: str,
    applies_to: str = "",
) -> None:
    paid = {"account_type": "Customer", "account_no": customer, "amount": f"-{amount}"}
    if applies_to:
        paid |= {"applies_to_doc_type": "Invoice", "applies_to_doc_no": applies_to}
    bank = {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": amount}
    document = {"document_type": "Payment", "document_no": number, "posting_date": day}
    keyed = {**document, "external_document_no": external, "lines": [paid, bank]}
    await world.nav.control("journal", keyed)


async def check(world: World) -> Report:
    return await checked(world.installation, world.pair, FIRST, LAST, DAYS, MARGIN)


async def test_what_differs_is_named_and_nothing_is_written(apart: World) -> None:
    told = {"freshbooks": {"url": apart.freshbooks_server.url}}
    told["nav"] = {"odata_url": apart.nav_server.odata_url}
    entries = await apart.nav.last_entry()
    await asyncio.to_thread(verbs, told, "POST", "reset_counters")
    report = await check(apart)
    assert await asyncio.to_thread(verbs, told, "GET", "state") == READS
    assert await apart.nav.last_entry() == entries

    found = [
        (d.kind, [f.number or f.named[0] for f in d.freshbooks], [n.document_no for n in d.nav])
        for d in report.found.differences
    ]
    assert found == [
        (Break.MISSING_IN_NAV, ["0000208"], []),
        (Break.DUPLICATE, [], ["103007"]),
        (Break.AMOUNT, ["0000207"], ["103006"]),
        (Break.PERIOD, ["0000206"], ["103005"]),
        (Break.UNAPPLIED, ["0000202"], ["BR2"]),
    ]
    assert [d.at_risk for d in report.found.differences] == [
        Decimal(amount) for amount in ("178.80", "136.80", "3.60", "162.00", "128.40")
    ]
    assert {match.tier for match in report.found.agreed} <= {Tier.EXACT, Tier.SCORED}
    assert len(report.found.agreed) == 6
    assert (report.freshbooks, report.nav) == ("Sandbox Trading Ltd", "Tieout Demo (GB) Ltd.")
    assert report.left_out["FreshBooks"] == {"drafts": 1}


async def test_tax_and_account_come_from_the_other_ledgers(apart: World) -> None:
    report = await check(apart)
    entry = next(n for n in report.found.nav if n.document_no == "103000")
    assert (entry.external_no, entry.customer_name) == ("201", "ACME 7001")
    assert (entry.amount, entry.tax, entry.remaining) == (Decimal(120), Decimal(20), Decimal(0))
    assert entry.accounts == {"4000"}
    receipt = next(n for n in report.found.nav if n.document_no == "BR2")
    assert (receipt.external_no, receipt.tax) == ("chq 778812".upper(), Decimal(0))


async def test_a_reversal_in_nav_is_left_out_and_counted(apart: World) -> None:
    await apart.nav.control("reverse", {"document_no": "103007"})
    report = await check(apart)
    assert Break.DUPLICATE not in {d.kind for d in report.found.differences}
    assert report.left_out["NAV"] == {"reversed in NAV, and the reversals": 2}


async def test_reports_hold_the_same_figures(apart: World, tmp_path: Path) -> None:
    report = await check(apart)
    for suffix, write in WRITERS.items():
        write(report, tmp_path / f"books{suffix}")
    with (tmp_path / "books.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    amounts = [r for r in rows if r["kind"] == "Different amount" and r["row"] == "difference"]
    figures = [
        tuple(Decimal(r[name]) for name in ("amount", "nav_amount", "at_risk")) for r in amounts
    ]
    assert figures == [(Decimal("170.40"), Decimal("174.00"), Decimal("3.60"))]

    book = openpyxl.load_workbook(BytesIO((tmp_path / "books.xlsx").read_bytes()))
    assert book.sheetnames[:3] == ["Cover", "Summary", "Missing in NAV"]
    sheet = book["Different amount"]
    heads = [cell.value for cell in sheet[4]]
    values = dict(zip(heads, (cell.value for cell in sheet[5]), strict=True))
    assert (values["FreshBooks amount"], values["NAV amount"]) == (170.40, 174)
    assert sheet.freeze_panes == "B5"
    assert sheet.cell(5, heads.index("At risk") + 1).number_format.startswith("#,##0.00")

    pages = pypdf.PdfReader(tmp_path / "books.pdf").pages
    text = "\n".join(page.extract_text() for page in pages)
    for words in ("What is claimed", "Missing in NAV", "178.80", "174.00", "Page 1 of "):
        assert words in text


# Three processes and two servers: a busy machine takes its time.
@pytest.mark.timeout(300)
def test_the_command(tieout: CommandLine, tmp_path: Path) -> None:
    days = ("--from", "2026-01-01", "--to", "2026-12-31")
    with sandbox(tieout, "--control") as connection:
        apart = {**connection, "settings": {"route": "pages"}}
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(apart))
        verbs(connection, "POST", "reset_counters")
        files = [tmp_path / f"books.{suffix}" for suffix in ("csv", "xlsx", "pdf")]
        reports = [word for file in files for word in ("--report", str(file))]
        told = tieout.json("check", "main", *days, *reports, ends=1)
        assert told["agrees"] is False
        assert {each["kind"] for each in told["differences"]} == {"MISSING_IN_NAV"}
        assert all(file.stat().st_size > 500 for file in files)
        assert verbs(connection, "GET", "state") == READS


def verbs(connection: dict[str, Any], method: str, order: str) -> set[str]:
    """Tell both sandboxes something; the verbs that reached them since their counters were reset."""
    found: set[str] = set()
    for address in (connection["freshbooks"]["url"], connection["nav"]["odata_url"]):
        parts = urlsplit(address)
        url = f"{parts.scheme}://{parts.netloc}/_control/{order}"
        answer = httpx2.request(method, url, timeout=10)
        assert answer.status_code == 200, answer.text
        found |= set(answer.json().get("requests", ()))
    return found

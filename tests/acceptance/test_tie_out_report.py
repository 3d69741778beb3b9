"""The report of a tie-out over both real servers: it foots to the cent, looks as it should, and leads from any figure to its documents in three steps."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdf
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tests.acceptance.cases.clerk import Clerk
from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import WORK, client, invoice, line, payment
from tests.acceptance.world import World, living
from tests.oracle.play import play_firm

from tieout.app.agreement import noted
from tieout.app.explain import explained
from tieout.app.heal import cures_of
from tieout.app.host import utc_now
from tieout.app.reconcile import both_books
from tieout.app.reporting.bridge_chapters import bridge_tables
from tieout.app.reporting.reading import statement_of
from tieout.app.reporting.report import Link, money
from tieout.app.reporting.statement import Statement
from tieout.app.reporting.tie_out_files import WRITERS
from tieout.core.reconciliation.ageing import sum_of
from tieout.core.reconciliation.bridge import Reason, Topic
from tieout.core.reconciliation.bridges import bridges
from tieout.core.reconciliation.sequence import Why
from tieout.core.records.identity import Kind
from tieout_sandboxes.service_firm import ServiceFirm

LONG = (
    "The Worshipful Company of Instrument Makers and Surveyors of Greater London (Holdings) Limited"
)
EURO = {"type": 0, "name": "Design", "qty": "3", "unit_cost": {"amount": "1234.50", "code": "EUR"}}
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "report.md"
CHAPTERS = [
    "Cover",
    "Summary",
    "Bridges",
    "Differences",
    "Explained",
    "In flight",
    "Ageing",
    "Numbers",
    "Adjustments",
    "Accounts",
    "Documents",
]
CUSTOMER = {"account_type": "Customer", "account_no": "C00010"}
SALE = {"account_type": "G/L Account", "account_no": "4000"}


async def two_months(world: World) -> None:
    """Clients with plain, long and foreign names; sterling and euro; paid, part paid, overpaid, credited, drafts; one number is never used."""
    await client(world, 7001)
    await client(world, 7002)
    await client(world, 7003, country="Germany")
    await world.person.update("client", 7002, organization=LONG)
    await world.person.update("client", 7003, organization="Möbelwerkstätten Grünwald & Söhne KG")
    for n in range(18):
        who = {"customerid": 7001 + n % 2, "day": f"2026-0{2 + n % 2}-{3 + n:02d}"}
        work = [line("Consulting", "1", f"{1500 + 173 * n}.40"), line("Travel", "2", "37.15", "0")]
        number = f"{201 + n + (n > 4):07d}"
        await invoice(world, *work, id=35001 + n, number=number, **who)
    for n in range(3):
        who = {"customerid": 7003, "currency_code": "EUR", "day": f"2026-03-{8 + n:02d}"}
        await invoice(world, EURO, id=35101 + n, number=f"{301 + n:07d}", **who)
    await payment(world, "1874.78", id=11001, of=35001, day="2026-02-20")
    await payment(world, "900.00", id=11002, of=35002, day="2026-03-20")
    euro = {
        "amount": {"amount": "3703.50", "code": "EUR"},
        "date": "2026-03-25",
        "type": "Bank Transfer",
    }
    await world.person.create("payment", 11003, invoiceid=35101, **euro)
    await world.person.create(
        "credit_note",
        30947,
        clientid=7001,
        create_date="2026-03-20",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[line("Goodwill", "1", "125.00")],
    )
    await invoice(world, WORK, id=35201, number="0000220", status=1, day="2026-03-30")


async def break_it(world: World) -> None:
    """By people's hands: an invoice with a tax that nobody knows, a receipt taken off its invoice, entries keyed in, another due date, one on its way."""
    odd = line("Odd", "1", "1000.00", "17.5")
    await invoice(world, odd, id=35301, number="0000221", day="2026-03-12", customerid=7002)
    await world.sync()
    applied = {"from_document_type": "Payment", "from_document_no": "FBP11002"} | {
        "to_document_type": "Invoice",
        "to_document_no": "FB0000202",
    }
    undone = {"customer_no": "C00020", "document_no": "U1", "posting_date": "2026-03-20"}
    await world.nav.control("unapply", applied | undone)
    await world.nav.control("reverse", {"document_no": "FBP11002"})
    clerk = Clerk(world.nav)
    head = {"document_no": "BYHAND-2026-0001", "posting_date": "2026-03-21"}
    await clerk.post(head, [CUSTOMER | {"amount": "75.00"}, SALE | {"amount": "-75.00"}])
    twin = {"document_no": "TWIN", "posting_date": "2026-03-22", "document_type": "Invoice"}
    twin["external_document_no"] = "FB-INV-35003-1"
    await clerk.post(twin, [CUSTOMER | {"amount": "2289.58"}, SALE | {"amount": "-2289.58"}])
    rows = await world.nav.rows("CustomerLedgerEntries", "Document_No eq 'FB0000204'")
    await world.nav.change("CustomerLedgerEntries", rows[0]["Entry_No"], Due_Date="2026-12-31")
    await invoice(world, WORK, id=35302, number="0000222", day="2026-03-31", customerid=7001)


@pytest.fixture
async def broken(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with living(database_url, tmp_path) as world:
        await two_months(world)
        await world.sync()
        await break_it(world)
        yield world


async def statement(world: World) -> Statement:
    """As the command makes it."""
    result, sides = await both_books(world.installation, world.pair, None)
    now = utc_now()
    await noted(world.installation, world.pair, result, now, None)
    cures = await cures_of(world.installation, world.pair, result)
    return await statement_of(world.installation, world.pair, result, sides, cures, now)


async def test_the_file_for_programs_foots(broken: World, tmp_path: Path) -> None:
    told = await statement(broken)
    guide_shows(told)
    WRITERS[".csv"](told, tmp_path / "march.csv")
    with (tmp_path / "march.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    bridges = [row for row in rows if row["row"] == "bridge"]
    topics = {(row["topic"], row["currency"]) for row in bridges}
    assert {(t, c) for t in ("receivables", "revenue", "money") for c in ("GBP", "EUR")} <= topics
    for bridge in bridges:
        place = (bridge["topic"], bridge["currency"])
        lines = of(rows, "bridge line", place)
        left = Decimal(bridge["nav"]) - Decimal(bridge["freshbooks"])
        assert left == sum(Decimal(line["amount"]) for line in lines), place
        for one in lines:
            items = [i for i in of(rows, "bridge item", place) if i["kind"] == one["kind"]]
            assert len(items) == int(one["count"])
            assert Decimal(one["amount"]) == sum(Decimal(item["amount"]) for item in items)
        ends = of(rows, "document", place)
        for end in ("freshbooks", "nav"):
            if place[0] != "control":
                assert Decimal(bridge[end]) == sum(Decimal(row[end]) for row in ends), place
    kinds = {line["kind"] for line in of(rows, "bridge line", ("receivables", "GBP"))}
    assert kinds == {"AMOUNT", "IN_FLIGHT", "MISSING_IN_NAV", "NAV_ONLY", "NAV_REVERSED"}


def of(rows: list[dict[str, str]], kind: str, place: tuple[str, str]) -> list[dict[str, str]]:
    return [row for row in rows if (row["row"], row["topic"], row["currency"]) == (kind, *place)]


def guide_shows(told: Statement) -> None:
    """The bridge and the walk of the guide are those of this firm."""
    shown = [" ".join(line.split()) for line in GUIDE.read_text(encoding="utf-8").splitlines()]
    for row in next(bridge_tables(told)).rows:
        if not row.cells[-1] and not isinstance(row.cells[-1], Decimal):
            break
        label, *figures = [cell.value if isinstance(cell, Link) else cell for cell in row.cells]
        texts = [
            money(figure) if isinstance(figure, Decimal) else f"{figure}"
            for figure in figures
            if figure is not None
        ]
        assert " ".join([str(label), *texts]) in shown
    payment_row = told.by_subject["payment/11002"]
    assert (payment_row.nav_numbers[0], payment_row.entries) == ("FBP11002", (84, 89))
    assert {d.invariant for d in told.result.differences if d.subject == "payment/11002"} == {
        "I1",
        "I7",
    }


def test_the_guide_tells_of_every_chapter_and_step() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    told = re.findall(r"^\| `([\w ]+)` \|", text, re.M)
    assert told == [*CHAPTERS, *map(str, Reason)]


async def ageing_numbers_and_accounts_are_those_of_both_systems(
    broken: World, told: Statement
) -> None:
    owed = {(a.customer_no, a.currency): (sum_of(a.freshbooks), sum_of(a.nav)) for a in told.ageing}
    entries = await broken.nav.rows("CustomerLedgerEntries")
    for (customer, currency), (_, nav) in owed.items():
        code = "" if currency == "GBP" else currency
        mine = [e for e in entries if (e["Customer_No"], e["Currency_Code"]) == (customer, code)]
        assert nav == sum(Decimal(str(e["Remaining_Amount"])) for e in mine)
    sent = [i for i in await broken.person.every("invoice") if i["status"] != 1]
    outstanding = sum(Decimal(i["outstanding"]["amount"]) for i in sent)
    unused = Decimal("150.00")
    assert sum(fb for fb, _ in owed.values()) == outstanding - unused

    series = {(s.system, s.kind, s.first): s for s in told.series}
    ours = series["FreshBooks", Kind.INVOICE, "0000201"]
    assert {(g.first, g.why) for g in ours.gaps} >= {
        ("0000206", Why.UNKNOWN),
        ("0000220", Why.DRAFT),
    }
    theirs = series["NAV", Kind.INVOICE, "FB0000201"]
    assert ("FB0000221", Why.HELD) in {(gap.first, gap.why) for gap in theirs.gaps}

    by_hand = {roll.name: sum(roll.others.values()) for roll in told.accounts if roll.others}
    assert by_hand == {"account 1200": Decimal("75.00"), "account 4000": Decimal("-75.00")}


async def test_a_number_that_was_deleted_is_told_as_such(world: World) -> None:
    await client(world)
    for n in range(3):
        await invoice(world, WORK, id=35001 + n, number=f"{201 + n:07d}")
    await world.sync()
    await world.person.update("invoice", 35002, vis_state=1)
    await world.sync()
    told = await statement(world)
    assert told.result.agrees
    gaps = [(s.system, gap.first, gap.why) for s in told.series for gap in s.gaps]
    assert gaps == [("FreshBooks", "0000202", Why.DELETED)]


# ---------------------------------------------------------------- the walk of a controller


Place = tuple[str, int]


def place_of(location: str) -> Place:
    found = re.fullmatch(r"'([\w ]+)'!A(\d+)", location)
    assert found, location
    return found[1], int(found[2])


def links(sheet: Worksheet) -> Iterator[tuple[str, Place]]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                assert cell.hyperlink.location
                yield f"{sheet.title}!{cell.coordinate}", place_of(cell.hyperlink.location)


def listed(sheet: Worksheet, number: int) -> set[str]:
    """The documents of a row of the list; of a heading, or of the sheet as a whole, those below it."""
    rows = range(number, sheet.max_row + 1) if number == 1 else (number, number + 1)
    subjects = (str(sheet.cell(row, 1).value or "") for row in rows)
    return {s for s in subjects if re.fullmatch(r"\w+/\d+|entry \d+", s)}


def documents_at(book: openpyxl.Workbook, place: Place) -> set[str]:
    """The documents behind a place, one step on: a row's own, those of the rows that it heads, or of a whole sheet."""
    name, number = place
    sheet = book[name]
    if name == "Documents":
        return listed(sheet, number)
    rows = range(number, sheet.max_row + 1) if number == 1 else (number, number + 1)
    targets = [
        place_of(cell.hyperlink.location)
        for row in rows
        for cell in sheet[row]
        if cell.hyperlink is not None
    ]
    return {s for n, row in targets if n == "Documents" for s in listed(book[n], row)}


# Their rows name what they are made of, which is no document that both books could have: drafts, G/L accounts, sums of a customer.
ENDS = ("Accounts", "Explained")


async def test_every_figure_leads_to_its_documents_in_three_steps(
    broken: World, tmp_path: Path
) -> None:
    """Figure, then the row it leads to, then the document; which is explained from FreshBooks' word to NAV's entries."""
    told = await statement(broken)
    WRITERS[".xlsx"](told, tmp_path / "march.xlsx")
    book = openpyxl.load_workbook(tmp_path / "march.xlsx")
    can_be_printed_and_read(book)
    reached: set[str] = set()
    dead_ends = []
    for sheet in (book["Cover"], book["Summary"], book["Bridges"]):
        for cell, place in links(sheet):
            documents = documents_at(book, place)
            reached |= documents
            if not documents and place[0] not in ENDS:
                dead_ends.append((cell, place))
    assert dead_ends == []
    strange = {subject for subject in reached if subject.startswith("entry ")}
    assert {"invoice/35301", "invoice/35003", "payment/11002"} <= reached
    assert len(strange) == 1
    for subject in sorted(reached):
        found = explained(broken.installation, broken.pair, [subject.removeprefix("entry ")])
        pages = [page async for page in found]
        assert pages[0]["explained"] is (subject not in {*strange, "invoice/35302"}), subject


def can_be_printed_and_read(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == CHAPTERS
    for name in ("Differences", "Explained", "Ageing", "Adjustments", "Documents"):
        sheet = book[name]
        assert sheet.freeze_panes.startswith("B")
        assert sheet.print_title_rows
        assert sheet.page_setup.orientation == "landscape"
    for sheet in book:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "page &P of &N" in sheet.oddFooter.right.text
        widths = dict(widths_of(sheet))
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float) and cell.number_format.startswith("#,##0"):
                    places = len(cell.number_format.partition(".")[2])
                    shown = f"{cell.value:,.{places}f}"
                    assert len(shown) < widths[cell.column], (sheet.title, cell.coordinate)


def widths_of(sheet: Worksheet) -> Iterator[tuple[int, float]]:
    """Columns of the same width are written as one."""
    for one in sheet.column_dimensions.values():
        for column in range(one.min, one.max + 1):
            yield column, one.width


async def test_the_pages_lead_where_they_say(broken: World, tmp_path: Path) -> None:
    told = await statement(broken)
    await ageing_numbers_and_accounts_are_those_of_both_systems(broken, told)
    WRITERS[".pdf"](told, tmp_path / "march.pdf")
    WRITERS[".pdf"](told, tmp_path / "again.pdf")
    assert (tmp_path / "march.pdf").read_bytes() == (tmp_path / "again.pdf").read_bytes()
    reader = pypdf.PdfReader(tmp_path / "march.pdf")
    numbers = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages)}
    led = [
        numbers[note.get_object()["/Dest"][0].idnum]
        for page in reader.pages
        for note in page.get("/Annots", ())
    ]
    assert len(led) > 100
    titles = {entry.title: reader.get_destination_page_number(entry) for entry in reader.outline}
    assert list(titles)[:3] == ["Summary", "From FreshBooks to NAV", "Differences"]
    assert {titles["Differences"], titles["Documents"]} <= set(led)
    for title, number in titles.items():
        assert title in reader.pages[number or 0].extract_text()
    texts = [page.extract_text() for page in reader.pages]
    for words in ("What is claimed", "64,719.06", "65,848.64", "Söhne"):
        assert words in "\n".join(texts)
    assert all(re.search(rf"Page {n} of", text) for n, text in enumerate(texts, 1))


# Three processes and two servers: a busy machine takes its time.
@pytest.mark.timeout(300)
def test_the_command(tieout: CommandLine, tmp_path: Path) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        tieout("sync", "main")
        files = [tmp_path / f"tie-out.{suffix}" for suffix in ("csv", "xlsx", "pdf")]
        reports = [word for file in files for word in ("--report", str(file))]
        assert f"Written: {files[0]}" in tieout("reconcile", "main", *reports)
        assert all(file.stat().st_size > 2000 for file in files)
        assert "Both books agree." in pypdf.PdfReader(files[2]).pages[0].extract_text()
        told = tieout.json("reconcile", "main", "--as-of", "2026-12-31", *reports)
        assert told["agrees"] is True
        assert "2026-12-31" in pypdf.PdfReader(files[2]).pages[0].extract_text()
        assert ".csv, .pdf, .xlsx" in tieout("reconcile", "main", "--report", "m.doc", ends=64)


@pytest.mark.parametrize("company", ["gb", "ca"])
async def test_the_bridges_of_a_service_firm_need_nothing_but_cents(
    database_url: str, tmp_path: Path, company: str
) -> None:
    """Three currencies, VAT or sales tax, retainers, credits, refunds; documents add up to both ends of every bridge, now and at an earlier day."""
    async with living(database_url, tmp_path, company) as world:
        await play_firm(world, ServiceFirm(seed=3, documents=40, company=company))
        told = await statement(world)
        assert told.result.agrees
        names = {step.name for bridge in told.bridges for step in bridge.steps}
        assert names <= {Reason.FOREIGN_AT_HOME, Reason.WITHIN_CENTS, "ROUNDING"}
        assert len({bridge.currency for bridge in told.bridges}) > 1
        for bridge in told.bridges:
            mine = [row for row in told.documents if row.currency == bridge.currency]
            figures = [row.figure(bridge.topic) for row in mine]
            ends = (sum(fb for fb, _ in figures), sum(nav for _, nav in figures))
            assert bridge.topic is Topic.CONTROL or ends == (bridge.freshbooks, bridge.nav)
        for suffix, write in WRITERS.items():
            write(told, tmp_path / f"firm{suffix}")
        first = max(row.day for row in told.documents if row.day).replace(day=1)
        result, sides = await both_books(world.installation, world.pair, first)
        assert all(bridge.is_explained for bridge in bridges(sides, result))

"""What stands in NAV, read over OData, and how it differs from the postings that a case expects; each difference is a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.acceptance.world import World

Fields = Mapping[str, Any]
Amounts = dict[Any, Decimal]


async def posting_differences(world: World, posting: Fields) -> list[str]:
    """Of one expected posting: a journal, an application, or a reversed transaction."""
    if posting["kind"] == "journal":
        return await _journal(world, posting)
    if posting["kind"] == "reverse_transaction":
        return await _reversal(world, posting)
    return await _application(world, posting)


async def _journal(world: World, posting: Fields) -> list[str]:
    header = posting["header"]
    key, number = header["external_document_no"], header["document_no"]
    where = f"External_Document_No eq '{key}'" if key else f"Document_No eq '{number}'"
    rows = await world.nav.rows("GeneralLedgerEntries", where)
    if not rows:
        return [f"{key or number}: nothing is posted"]
    rows = [row for row in rows if not row["Reversed_Entry_No"]]
    entries = [*posting["gl_entries"], *posting.get("gl_entries_from_application", ())]
    found = [
        *_heads(header, rows),
        *_compare(f"{key} G/L", _expected(entries), _net(rows)),
        *await _vat(world, posting),
    ]
    for line in posting["lines"]:
        if line["account_type"] == "Customer":
            found += await _customer_entry(world, posting, line)
        if line["account_type"] == "Bank Account":
            found += await _bank_entry(world, posting, line)
    return found


def _heads(header: Fields, rows: Sequence[Fields]) -> list[str]:
    """Numbers, dates and type are on every entry."""
    columns = {
        "document_no": "Document_No",
        "document_type": "Document_Type",
        "posting_date": "Posting_Date",
        "reason_code": "Reason_Code",
    }
    return [
        f"{header['external_document_no']} {name}: expected {header[name]!r}, NAV has {sorted(seen)}"
        for name, column in columns.items()
        if name in header and (seen := {row[column].strip() for row in rows}) != {header[name]}
    ]


def _expected(entries: Iterable[Fields]) -> Amounts:
    net: Amounts = defaultdict(Decimal)
    for entry in entries:
        net[entry["account"]] += Decimal(entry.get("debit", "0")) - Decimal(
            entry.get("credit", "0")
        )
    return net


def _net(rows: Iterable[Fields]) -> Amounts:
    net: Amounts = defaultdict(Decimal)
    for row in rows:
        net[row["G_L_Account_No"]] += Decimal(row["Amount"])
    return net


def _compare(what: str, expected: Amounts, found: Amounts) -> list[str]:
    """Every key whose amounts differ."""
    return [
        f"{what} {key}: expected {expected.get(key, Decimal(0))}, NAV has {found.get(key, Decimal(0))}"
        for key in sorted({*expected, *found}, key=str)
        if expected.get(key, Decimal(0)) != found.get(key, Decimal(0))
    ]


async def _vat(world: World, posting: Fields) -> list[str]:
    """VAT entries: base and amount per VAT product group, in local currency."""
    header = posting["header"]
    where = f"Document_No eq '{header['document_no']}'"
    rows = await world.nav.rows("VATEntries", where)
    mine = [r for r in rows if r["Document_Type"].strip() == header["document_type"]]
    lines = [line for line in posting["lines"] if "vat_prod_posting_group" in line]
    if header.get("currency_code") or any("x_vat_account" in line for line in lines):
        return []
    base: Amounts = defaultdict(Decimal)
    for line in lines:
        vat = Decimal(line.get("vat_amount", "0"))
        for name, amount in (("base", Decimal(line["amount"]) - vat), ("VAT", vat)):
            base[line["vat_bus_posting_group"], line["vat_prod_posting_group"], name] += amount
    seen: Amounts = defaultdict(Decimal)
    for row in mine:
        groups = row["VAT_Bus_Posting_Group"], row["VAT_Prod_Posting_Group"]
        if row["VAT_Calculation_Type"] != "Sales Tax":
            seen[*groups, "base"] += Decimal(row["Base"])
            seen[*groups, "VAT"] += Decimal(row["Amount"])
    return _compare(f"{header['external_document_no']} VAT", base, seen)


async def _customer_entry(world: World, posting: Fields, line: Fields) -> list[str]:
    header, key = posting["header"], posting["header"]["external_document_no"]
    where = f"Document_No eq '{header['document_no']}'"
    rows = [
        row
        for row in await world.nav.rows("CustomerLedgerEntries", where)
        if Decimal(row["Original_Amount"]) == Decimal(line["amount"])
    ]
    if not rows:
        return [f"{key}: no customer ledger entry {header['document_no']} of {line['amount']}"]
    row, expected = rows[0], {"Customer_No": line["account_no"]}
    expected["Document_Type"] = line["document_type"]
    expected["Currency_Code"] = header.get("currency_code", line.get("currency_code", ""))
    if "due_date" in header:
        expected["Due_Date"] = header["due_date"]
    found = [
        f"{key} {name}: expected {value!r}, NAV has {row[name]!r}"
        for name, value in expected.items()
        if row[name].strip() != value
    ]
    if line.get("applies_to_doc_no"):
        found += await _applied(world, row, line["applies_to_doc_no"], "")
    return found


async def _bank_entry(world: World, posting: Fields, line: Fields) -> list[str]:
    number, account = posting["header"]["document_no"], line["account_no"]
    where = f"Document_No eq '{number}' and Bank_Account_No eq '{account}'"
    rows = await world.nav.rows("BankAccountLedgerEntries", where)
    amounts = [Decimal(row["Amount"]) for row in rows]
    if Decimal(line["amount"]) in amounts:
        return []
    return [f"{number} bank {account}: expected {line['amount']}, NAV has {amounts}"]


async def _applied(world: World, entry: Fields, other: str, amount: str) -> list[str]:
    """An application of this entry to another was made (it may have been undone since)."""
    details = await world.nav.rows("DetailedCustLedgEntries", "Entry_Type eq 'Application'")
    targets = {
        row["Entry_No"]
        for row in await world.nav.rows("CustomerLedgerEntries", f"Document_No eq '{other}'")
    }
    mine = {
        (row["Document_No"], abs(Decimal(row["Amount"])))
        for row in details
        if row["Cust_Ledger_Entry_No"] == entry["Entry_No"]
    }
    theirs = {
        (row["Document_No"], abs(Decimal(row["Amount"])))
        for row in details
        if row["Cust_Ledger_Entry_No"] in targets
    }
    both = {value for _, value in mine & theirs}
    if both and (not amount or abs(Decimal(amount)) in both):
        return []
    wanted = f" by {amount}" if amount else ""
    return [f"{entry['Document_No']} is not applied to {other}{wanted}; NAV has {sorted(both)}"]


async def _application(world: World, posting: Fields) -> list[str]:
    """Entries applied to each other, or unapplied; no entries in the general ledger."""
    if posting.get("action") == "unapply":
        return await _unapplied(world, posting)
    found: list[str] = []
    for source in posting["apply"]:
        for target in posting["to"]:
            where = f"Document_No eq '{source['entry']}'"
            rows = await world.nav.rows("CustomerLedgerEntries", where)
            if not rows:
                return [f"application: {source['entry']} is not posted"]
            found += await _applied(world, rows[0], target["entry"], target["amount"])
    if "posting_date" in posting:
        found += await _application_dates(world, posting)
    return found


async def _application_dates(world: World, posting: Fields) -> list[str]:
    where = f"Document_No eq '{posting['apply'][0]['entry']}'"
    (entry, *_) = await world.nav.rows("CustomerLedgerEntries", where)
    details = await world.nav.rows("DetailedCustLedgEntries", "Entry_Type eq 'Application'")
    days = {
        row["Posting_Date"]
        for row in details
        if row["Cust_Ledger_Entry_No"] == entry["Entry_No"] and not row["Unapplied"]
    }
    if posting["posting_date"] in days:
        return []
    return [f"application on {posting['posting_date']}: NAV has {sorted(days)}"]


async def _unapplied(world: World, posting: Fields) -> list[str]:
    details = await world.nav.rows("DetailedCustLedgEntries", "Unapplied eq true")
    found: list[str] = []
    for number in posting["entries"]:
        rows = await world.nav.rows("CustomerLedgerEntries", f"Document_No eq '{number}'")
        entries = {row["Entry_No"] for row in rows}
        mine = [row for row in details if row["Cust_Ledger_Entry_No"] in entries]
        if not mine:
            found.append(f"{number} is not unapplied")
        days = {row["Posting_Date"] for row in mine}
        if mine and "posting_date" in posting and posting["posting_date"] not in days:
            found.append(f"unapply on {posting['posting_date']}: NAV has {sorted(days)}")
    return found


async def _reversal(world: World, posting: Fields) -> list[str]:
    """The opposite entries under the same number, as *Reverse Transaction* makes them."""
    rows = await world.nav.rows("GeneralLedgerEntries", f"Document_No eq '{posting['of']}'")
    back = [row for row in rows if row["Reversed_Entry_No"]]
    return _compare(f"{posting['of']} reversed", _expected(posting["gl_entries"]), _net(back))


async def two_customers(world: World) -> list[str]:
    """Documents with VAT that belong to more than one customer: NAV refuses them, so none may be there."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in await world.nav.rows("VATEntries", "Type eq 'Sale'"):
        owners[row["Document_Type"], row["Document_No"]].add(row["Bill_to_Pay_to_No"])
    return [f"{no} has customers {sorted(who)}" for (_, no), who in owners.items() if len(who) > 1]

"""What stands in NAV, read over OData, and how it differs from the postings that a case expects; each difference is a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.acceptance.cases.applications import application, applied, table
from tests.acceptance.world import World

Fields = Mapping[str, Any]
Amounts = dict[Any, Decimal]
FULL_VAT_ACCOUNTS = ("1340", "2240")


async def posting_differences(world: World, posting: Fields) -> list[str]:
    """Of one expected posting: a journal, an application, or a reversed transaction."""
    if posting["kind"] == "journal":
        return await _journal(world, posting)
    if posting["kind"] == "reverse_transaction":
        return await _reversal(world, posting)
    return await application(world, posting)


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
        *_document_date(world, header),
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


def _document_date(world: World, header: Fields) -> list[str]:
    """NAV's pages of ledger entries do not show it: it is read where the sandbox keeps it."""
    number = header["document_no"]
    seen = {
        row["Document Date"].isoformat()
        for row in table(world, "G/L Entry")
        if row["Document No."] == number and not row["Reversed Entry No."]
    }
    expected = header.get("document_date", "")
    if not expected or seen == {expected}:
        return []
    return [f"{number} document date: expected {expected}, NAV has {sorted(seen)}"]


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
    """VAT entries: base and amount per pair of VAT groups, in local currency; sales tax by jurisdiction."""
    header = posting["header"]
    where = f"Document_No eq '{header['document_no']}'"
    rows = await world.nav.rows("VATEntries", where)
    mine = [r for r in rows if r["Document_Type"].strip() == header["document_type"]]
    sales_tax = [r for r in mine if r["VAT_Calculation_Type"] == "Sales Tax"]
    key = header["external_document_no"]
    return [
        *_compare(f"{key} VAT", _expected_vat(posting), _found_vat(mine)),
        *_sales_tax(key, posting, [Decimal(row["Amount"]) for row in sales_tax]),
    ]


def _expected_vat(posting: Fields) -> Amounts:
    sums: Amounts = defaultdict(Decimal)
    for line in posting["lines"]:
        if "vat_prod_posting_group" not in line or "tax_split" in line:
            continue
        groups = line["vat_bus_posting_group"], line["vat_prod_posting_group"]
        gross = Decimal(line.get("amount_lcy") or _local(line["amount"], line))
        vat = _local(line.get("vat_amount", "0"), line)
        # VAT that counts when it is paid is there, but has no amount yet.
        counts = line.get("x_vat_account") in (None, *FULL_VAT_ACCOUNTS)
        sums[*groups, "base"] += (gross - vat) * counts
        sums[*groups, "VAT"] += vat * counts
    for entry in posting.get("gl_entries_from_application", ()):
        if entry["account"] == "2200":
            paid = -Decimal(entry["credit"])
            sums["CASHVAT", "VAT20", "VAT"] += paid
            sums["CASHVAT", "VAT20", "base"] += paid * 5
    return sums


def _local(amount: str, line: Fields) -> Decimal:
    exact = Decimal(amount) / Decimal(line.get("currency_factor", "1"))
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _found_vat(rows: Iterable[Fields]) -> Amounts:
    sums: Amounts = defaultdict(Decimal)
    for row in rows:
        if row["VAT_Calculation_Type"] != "Sales Tax":
            groups = row["VAT_Bus_Posting_Group"], row["VAT_Prod_Posting_Group"]
            sums[*groups, "base"] += Decimal(row["Base"])
            sums[*groups, "VAT"] += Decimal(row["Amount"])
    return sums


def _sales_tax(key: str, posting: Fields, found: list[Decimal]) -> list[str]:
    """NAV's page of VAT entries does not show jurisdictions: the amounts are compared, and the accounts by the G/L entries."""
    splits = [line["tax_split"] for line in posting["lines"] if "tax_split" in line]
    expected = sorted(Decimal(amount) for split in splits for amount in split.values())
    if sorted(found) == expected:
        return []
    return [f"{key} sales tax: expected {expected}, NAV has {sorted(found)}"]


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
    expected["Document_Type"] = line.get("document_type", header["document_type"])
    expected["Currency_Code"] = header.get("currency_code", line.get("currency_code", ""))
    if "due_date" in header:
        expected["Due_Date"] = header["due_date"]
    found = [
        f"{key} {name}: expected {value!r}, NAV has {row[name]!r}"
        for name, value in expected.items()
        if row[name].strip() != value
    ]
    if line.get("applies_to_doc_no"):
        found += await applied(world, row, line["applies_to_doc_no"])
    return found


async def _bank_entry(world: World, posting: Fields, line: Fields) -> list[str]:
    number, account = posting["header"]["document_no"], line["account_no"]
    where = f"Document_No eq '{number}' and Bank_Account_No eq '{account}'"
    rows = await world.nav.rows("BankAccountLedgerEntries", where)
    amounts = [Decimal(row["Amount"]) for row in rows]
    if Decimal(line["amount"]) in amounts:
        return []
    return [f"{number} bank {account}: expected {line['amount']}, NAV has {amounts}"]


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

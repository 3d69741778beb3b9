"""The postings of the project's accounting cases, each posted as it stands and read back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tieout_sandboxes.nav.commands import Document, Line
from tieout_sandboxes.nav.companies import open_company

CASES = Path(__file__).resolve().parents[4] / "shared/reference/accounting_cases.yaml"
pytestmark = pytest.mark.skipif(not CASES.is_file(), reason=f"no cases: {CASES} is absent")
KEPT = {"Customer", "G/L Account", "Bank Account"}
NOW = dt.datetime(2027, 3, 1, 9, 30, tzinfo=dt.UTC)
LINE_FIELDS = (
    "gen_posting_type",
    "gen_bus_posting_group",
    "gen_prod_posting_group",
    "vat_bus_posting_group",
    "vat_prod_posting_group",
    "tax_area_code",
    "tax_group_code",
)
CUSTOMERS = {
    "C00010": {},
    "C00011": {},
    "C00012": {},
    "C00020": {"Customer Posting Group": "FOREIGN"},
}


def journals() -> Iterator[Any]:
    """Each case that posts journals of the kinds that the sandbox keeps."""
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))["cases"] if CASES.is_file() else []
    for case in cases:
        posted = [p for p in case["expected"].get("postings", []) if p["kind"] == "journal"]
        kinds = {line["account_type"] for p in posted for line in p["lines"]}
        others = {line["account_no"] for p in posted for line in p["lines"]} - {"CC-AMEX"}
        whole = len(others) == len({line["account_no"] for p in posted for line in p["lines"]})
        if posted and kinds <= KEPT and whole:
            yield pytest.param(case["company"].lower(), posted, id=case["id"])


def document(posting: Any) -> Document:
    head = posting["header"]
    return Document(
        key=f"K-{head['document_no']}-{head['posting_date']}"[:35],
        hash="0" * 64,
        template_name=posting["batch"]["template"],
        batch_name=posting["batch"]["name"],
        document_type=head["document_type"],
        document_no=head["document_no"],
        posting_date=dt.date.fromisoformat(head["posting_date"]),
        document_date=_day(head.get("document_date")),
        due_date=_day(head.get("due_date")),
        reason_code=head.get("reason_code") or "",
        currency_code=_currency(posting),
        lines=tuple(_line(line) for line in posting["lines"]),
    )


def _currency(posting: Any) -> str:
    """A line may name it where the head does not."""
    named = {line.get("currency_code") or "" for line in posting["lines"]}
    return str(posting["header"].get("currency_code") or max(named))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _line(line: Any) -> Line:
    own_vat = line.get("vat_amount") if line.get("vat_calculation_type") != "Full VAT" else None
    return Line(
        account_type=line["account_type"],
        account_no=line["account_no"],
        amount=Decimal(line["amount"]),
        amount_lcy=Decimal(line["amount_lcy"]) if "amount_lcy" in line else None,
        vat_amount=Decimal(own_vat) if own_vat else None,
        tax_liable=bool(line.get("tax_liable")),
        **{name: line.get(name) or "" for name in LINE_FIELDS},
    )


def wanted(posting: Any) -> dict[str, Decimal]:
    """Net per account, without what only an application brings."""
    net: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in posting["gl_entries"]:
        net[entry["account"]] += Decimal(entry.get("debit", "0")) - Decimal(
            entry.get("credit", "0")
        )
    return dict(net)


@pytest.mark.parametrize(("name", "postings"), list(journals()))
async def test_every_journal_posts_what_the_case_says(
    new_books: Any, name: str, postings: list[Any]
) -> None:
    books = new_books(open_company(name, lambda: NOW))
    for number, more in CUSTOMERS.items():
        row = {"No.": number, "Name": number, "Customer Posting Group": "DOMESTIC", **more}
        books.company.database.insert("Customer", row)
    for posting in postings:
        made = document(posting)
        before = books.gl()
        (result,) = await books.post(made)
        assert result.status == "posted", result.text
        after = books.gl()
        net = {a: after[a] - before.get(a, Decimal(0)) for a in after}
        assert {a: n for a, n in net.items() if n} == wanted(posting)

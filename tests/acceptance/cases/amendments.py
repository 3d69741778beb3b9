"""Where a case cannot be played or met as it is written: what we take instead, and why.

``BEFORE`` completes cases that name documents of another case without saying that it stands before them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BEFORE = {
    "W11": "W10",
    "W12": "W01",
    "W14": "W13",
    "W18": "W01",
    "W21": "W01",
}

Change = Callable[[dict[str, Any], list[Any], dict[str, Any]], tuple[Any, Any, Any]]


@dataclass(frozen=True)
class Amendment:
    """One departure from the text of a case."""

    reason: str
    change: Change


def _add_given(**more: Any) -> Change:
    def change(given: dict[str, Any], events: list[Any], expected: dict[str, Any]) -> Any:
        return {**given, **more}, events, expected

    return change


def _from_person_only(
    given: dict[str, Any], events: list[Any], expected: dict[str, Any]
) -> tuple[Any, Any, Any]:
    """Only what happens in FreshBooks: the payment."""
    return {**given, "posted": ["FB0000123 100.00"]}, events[:1], expected


def _with_an_invoice(
    given: dict[str, Any], events: list[Any], expected: dict[str, Any]
) -> tuple[Any, Any, Any]:
    invoice = {
        "event": "invoice.create", "object": "invoice", "id": "35050", "invoice_number": "0000250",
        "customerid": "7050", "create_date": "2026-03-10", "v3_status": "sent", "vis_state": "0",
        "currency_code": "GBP", "amount": "960.00",
        "lines": [{"name": "Consulting", "qty": "10", "unit_cost": "80.00", "taxName1": "VAT", "taxAmount1": "20"}],
    }  # fmt: skip
    return given, [*events, invoice], expected


def _split_by_freshbooks(
    given: dict[str, Any], events: list[Any], expected: dict[str, Any]
) -> tuple[Any, Any, Any]:
    """Nothing is outstanding any more, so all of the receipt becomes a credit."""
    (payment,) = events
    credit = {
        "event": "credit_note.create", "object": "credit_note", "id": "30958",
        "credit_type": "overpayment", "clientid": "7001", "amount": payment["amount"],
        "currency_code": "GBP", "create_date": payment["date"],
    }  # fmt: skip
    return given, [{**payment, "amount": "0.00", "overpaymentid": credit["id"]}, credit], expected


def _told_by_a_note(
    given: dict[str, Any], events: list[Any], expected: dict[str, Any]
) -> tuple[Any, Any, Any]:
    """The payment is deleted with the word in its note on the day of the dispute; nobody tells the fee."""
    (dispute,) = events
    deleted = {
        "event": "payment.update", "object": "payment", "id": dispute["payment"], "invoiceid": "35001",
        "amount": dispute["amount"], "code": "GBP", "date": "2026-03-15", "type": "VISA", "gateway": "stripe",
        "vis_state": "1", "note": "Chargeback by the bank", "updated": f"{dispute['date']} 06:00:00",
    }  # fmt: skip
    postings = [p for p in expected["postings"] if "FBXF" not in str(p)]
    return given, [deleted], {**expected, "postings": postings}


AMENDMENTS = {
    "W16": Amendment(
        "Stands before W17 only. Its invoice FB0000123 is told nowhere, and the payout of the"
        " processor is no FreshBooks event (the fee is not part of this).",
        _from_person_only,
    ),
    "E43": Amendment(
        "FreshBooks sends no such event, so a person tells of it in the payment's note; the fee of"
        " 15.00 is told by the processor alone, and is not part of this.",
        _told_by_a_note,
    ),
    "E07": Amendment(
        "Names no documents that stood before; the invoice and the payment are those of E06.",
        _add_given(
            posted=["FB0000201 960.00", "FBP11004 960.00 applied"], bank_reconciled=["FBP11004"]
        ),
    ),
    "E58": Amendment(
        "FreshBooks has the invoice as paid by the write-off, so a receipt against it is answered"
        " with amount 0.00 and an overpayment credit of 960.00 (freshbooks.md 5, documented"
        " example); the posting that the case expects stays.",
        _split_by_freshbooks,
    ),
    "E27": Amendment(
        "A NAV customer is made when a document first needs it, so the client gets an invoice:"
        " that is what is held.",
        _with_an_invoice,
    ),
}

"""How far an invoice has come, in the vocabularies that say so.

`status` is a number and only ever written as 0 to 3; `v3_status` is what the screen shows;
`payment_status` follows the money; `display_status` remembers drafted, sent or viewed;
`deposit_status`, `dispute_status`, `autobill_status` and `last_order_status` each tell of one thing.
What each word of `v3_status` means is documented; which one is shown when several apply is assumed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_sandboxes.freshbooks.invoice import DRAFT, Invoice
from tieout_sandboxes.freshbooks.money import ZERO, Money, cents, rate
from tieout_sandboxes.freshbooks.switches import Switches

DISPUTED, _DRAFT, SENT, VIEWED, PAID, AUTOPAID, RETRY, FAILED, PARTIAL = range(9)
WRITABLE_STATUSES = (DISPUTED, DRAFT, SENT, VIEWED)
NUMBERED = {
    DISPUTED: "disputed", DRAFT: "draft", SENT: "sent", VIEWED: "viewed", PAID: "paid",
    AUTOPAID: "autopaid", RETRY: "retry", FAILED: "failed", PARTIAL: "partial",
}  # fmt: skip
DISPLAYED = ("draft", "created", "sent", "viewed")
DISPUTES = ("disputed", "resolved")
AUTOBILLS = ("retry", "failed", "success")
ORDERS = ("pending", "declined")
DEPOSITS = ("deposit-partial", "deposit-paid")
OPEN_STATUSES = ("sent", "viewed", "partial", "overdue", *DEPOSITS)
V3_STATUSES = (
    *DISPLAYED, *DISPUTES, *AUTOBILLS, *ORDERS, *DEPOSITS, "autopaid", "paid", "partial", "overdue",
)  # fmt: skip


SAYS = ("display_status", "dispute_status", "autobill_status", "last_order_status")


def mark(invoice: Invoice, status: int, dispute_ended: str = "cleared") -> None:
    """Records that the invoice is disputed, a draft, sent or viewed."""
    if status == DISPUTED:
        invoice.dispute_status = "disputed"
        return
    if invoice.dispute_status == "disputed":
        invoice.dispute_status = "resolved" if dispute_ended == "resolved" else None
    invoice.display_status = NUMBERED[status]


def say(invoice: Invoice, v3_status: str) -> None:
    """Brings about what a word of `v3_status` means, as far as the invoice itself can.

    Money, a deposit and the date are not the invoice's to say: `paid`, `partial`, `overdue` and the
    deposit's words leave it sent.
    """
    invoice.dispute_status = v3_status if v3_status in DISPUTES else None
    invoice.autobill_status = v3_status if v3_status in AUTOBILLS else None
    if v3_status == "autopaid":
        invoice.autobill_status = "success"
    invoice.last_order_status = v3_status if v3_status in ORDERS else None
    if v3_status in DISPLAYED:
        invoice.display_status = v3_status
    elif invoice.display_status in ("draft", "created"):
        invoice.display_status = "sent"


def restate(invoice: Invoice, paid_on: str | None, switches: Switches) -> None:
    """Brings outstanding and every status in line with the amount and what was paid."""
    due, paid = invoice.amount.amount, invoice.paid.amount
    invoice.outstanding = Money(due - paid, invoice.currency_code)
    invoice.net_paid_amount = invoice.paid
    invoice.date_paid = None
    if paid > ZERO and due <= paid:
        automatic = invoice.autobill_status == "success"
        invoice.payment_status = "auto-paid" if automatic else "paid"
        invoice.date_paid = paid_on
    elif paid > ZERO:
        invoice.payment_status = "partial"
    else:
        invoice.payment_status = switches.zero_total_payment_status if due == ZERO else "unpaid"
    _restate_deposit(invoice)
    invoice.v3_status = v3_status(invoice, switches)
    invoice.status = _number(invoice)


def deposit(invoice: Invoice) -> Decimal:
    """How much is asked for in advance: an amount, or a percentage of the invoice's total."""
    if invoice.deposit_amount is not None:
        return invoice.deposit_amount.amount
    return cents(invoice.amount.amount * rate(invoice.deposit_percentage))


def _restate_deposit(invoice: Invoice) -> None:
    asked, paid = deposit(invoice), invoice.paid.amount
    if invoice.deposit_status == "converted":
        return
    if asked <= ZERO:
        invoice.deposit_status = "none"
    elif paid <= ZERO:
        invoice.deposit_status = "unpaid"
    else:
        invoice.deposit_status = "paid" if paid >= asked else "partial"


def v3_status(invoice: Invoice, switches: Switches) -> str:
    """What the screen shows, leaving the date aside: money first, then what was tried, then the rest."""
    if invoice.paid.amount > ZERO and invoice.outstanding.amount <= ZERO:
        return "autopaid" if invoice.payment_status == "auto-paid" else "paid"
    tried = invoice.autobill_status or _order(invoice)
    if invoice.payment_status == "partial":
        shown = tried if switches.part_paid_shows == "attempt" else None
        return shown or _part_paid(invoice, switches)
    displayed = invoice.display_status if invoice.display_status in DISPLAYED else "sent"
    return tried or invoice.dispute_status or displayed


def _order(invoice: Invoice) -> str | None:
    return invoice.last_order_status if invoice.last_order_status in ORDERS else None


def _part_paid(invoice: Invoice, switches: Switches) -> str:
    paid = invoice.paid.amount
    asked = deposit(invoice) if switches.deposit_shows == "deposit" else ZERO
    if paid <= asked:
        return "deposit-paid" if paid == asked else "deposit-partial"
    return "partial"


def _number(invoice: Invoice) -> int:
    if invoice.v3_status in ("autopaid", "paid", "retry", "failed"):
        return {"autopaid": AUTOPAID, "paid": PAID, "retry": RETRY, "failed": FAILED}[
            invoice.v3_status
        ]
    if invoice.dispute_status == "disputed":
        return DISPUTED
    return {"draft": DRAFT, "created": DRAFT, "viewed": VIEWED}.get(invoice.display_status, SENT)


def past_due(invoice: Invoice, today: date) -> bool:
    """Whether money was due before today and is still open."""
    return (
        invoice.v3_status in OPEN_STATUSES
        and invoice.due_date < today.isoformat()
        and invoice.outstanding.amount > ZERO
    )


def shown_today(invoice: Invoice, today: date, switches: Switches) -> str:
    """`v3_status` as a reader sees it today: `overdue` comes with the date and changes nothing else."""
    settled = v3_status(invoice, switches)
    keeps_partial = settled == "partial" and switches.partial_past_due == "partial"
    if switches.overdue == "never" or keeps_partial:
        return settled
    return "overdue" if past_due(invoice, today) else settled

"""Everything the sandbox had to assume about FreshBooks, each with a name, a default and a way to change it.

A switch exists where public sources are silent, disagree or only suggest. FIDELITY.md has a row for
each of them, and a test holds the two in agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from tieout_sandboxes.freshbooks.assumption import assumed as _switch
from tieout_sandboxes.freshbooks.ledger.switches import LedgerSwitches


class UnknownSwitch(ValueError):
    """Raised for a switch that does not exist or a value it cannot take; says what does exist."""


@dataclass
class Switches(LedgerSwitches):
    """The assumptions in force. Set them when starting the sandbox or through its control API."""

    limits: str = _switch("real", "whether too many requests are refused", "real", "off")
    limit_general: int = _switch(600, "requests a minute of every class but accounting POSTs")
    limit_accounting_post: int = _switch(250, "accounting POSTs a minute")
    limit_scope: str = _switch("account", "who shares one allowance", "account", "token")
    limit_body: str = _switch("json", "the body of a 429", "json", "text", "empty")
    error_style: str = _switch("A", "the shape of accounting errors", "A", "A2")
    query_error_status: int = _switch(422, "the status of a bad page or filter value", 422, 400)
    malformed_body_status: int = _switch(400, "the status of a body that cannot be read", 400, 422)
    unknown_reference_status: int = _switch(
        422, "the status when a document names a record that does not exist", 422, 404
    )
    foreign_account_status: int = _switch(
        403, "the status when the account is not the token's", 403, 401, 404
    )
    missing_scope_status: int = _switch(403, "the status when the token lacks a scope", 403, 401)
    reconsent_revokes: bool = _switch(False, "a new consent ends the tokens of earlier ones")
    refresh_revokes_access_token: bool = _switch(False, "a refresh ends the old access token")
    redirect_rule: str = _switch(
        "https_only", "which redirect addresses may be authorised", "https_only", "any"
    )
    out_of_band: str = _switch(
        "shown", "a redirect address that asks for a page with the code", "shown", "refused"
    )
    pkce: str = _switch(
        "enforced", "a code asked for with a challenge needs its verifier", "enforced", "ignored"
    )
    callback_scope: str = _switch(
        "read", "what registering a callback needs: the read scope of its object, or nothing",
        "read", "nothing",
    )  # fmt: skip
    unsupported_sort: str = _switch(
        "default", "what a well-formed sort on an unsupported key does", "default", "direction"
    )
    computed_fields: str = _switch(
        "ignored", "a field of a body that only FreshBooks itself sets, other than due_date",
        "ignored", "refused",
    )  # fmt: skip
    tax_percent_places: str = _switch(
        "refused", "a tax percentage of a line with more than three decimal places",
        "refused", "rounded", "kept",
    )  # fmt: skip
    tax_rounding: str = _switch(
        "per_tax_total", "where tax is rounded to the cent", "per_tax_total", "per_line"
    )
    tax_included: str = _switch(
        "honoured", "whether `tax_included` makes the prices of an invoice gross",
        "honoured", "ignored",
    )  # fmt: skip
    discount_sign: str = _switch(
        "negative", "the sign of discount_total and discount.amount", "negative", "positive"
    )
    lines_on_put: str = _switch(
        "replace", "what lines in a PUT do to the lines that exist", "replace", "merge_by_lineid"
    )
    duplicate_invoice_number: str = _switch(
        "refused", "a second live invoice with the same number", "refused", "accepted"
    )
    fulfillment_date: str = _switch(
        "today", "the fulfillment_date of an invoice marked as sent", "today", "create_date"
    )
    overdue: str = _switch(
        "computed", "v3_status of a sent invoice past its due date", "computed", "never"
    )
    partial_past_due: str = _switch(
        "overdue", "v3_status of a partly paid invoice past its due date", "overdue", "partial"
    )
    part_paid_shows: str = _switch(
        "money", "v3_status of a partly paid invoice whose order or auto-bill was tried since",
        "money", "attempt",
    )  # fmt: skip
    autobill_given_back: str = _switch(
        "cleared", "autobill_status of an invoice whose charge was given back in full",
        "cleared", "kept",
    )  # fmt: skip
    deposit_shows: str = _switch(
        "deposit", "v3_status while no more than the deposit is paid", "deposit", "partial"
    )
    dispute_ended: str = _switch(
        "cleared", "what marking a disputed invoice as sent makes of its dispute",
        "cleared", "resolved",
    )  # fmt: skip
    zero_total_payment_status: str = _switch(
        "unpaid", "payment_status of an invoice, status of a bill, of 0.00", "unpaid", "paid"
    )
    draft_after_payment: str = _switch(
        "refused", "making a draft of an invoice that is paid or was tried to be",
        "refused", "accepted",
    )  # fmt: skip
    new_client_is_recipient: bool = _switch(
        False, "an invoice given another client takes that client's name and address"
    )
    current_organization: str = _switch(
        "follows", "current_organization of a document when its client is renamed",
        "follows", "stays",
    )  # fmt: skip
    payments_follow_invoice: bool = _switch(
        True, "payments take their invoice's new client and currency, without moving `updated`"
    )
    edit_below_paid: str = _switch(
        "accepted", "an edit that brings an invoice below what was paid (outstanding goes negative)",
        "accepted", "refused",
    )  # fmt: skip
    delete_moves_updated: bool = _switch(True, "deleting an invoice moves its `updated`")
    invoice_create_bumps_client: bool = _switch(True, "a new invoice moves its client's `updated`")
    payment_on_draft: str = _switch(
        "marks_sent", "a payment on a draft invoice", "marks_sent", "keeps_draft", "refused"
    )
    payment_on_deleted: str = _switch(
        "refused", "a payment on a deleted invoice or bill", "refused", "accepted"
    )
    payment_other_currency: str = _switch(
        "refused", "a payment in another currency than its invoice", "refused", "relabelled"
    )
    overpayment: str = _switch("split", "a payment above what is outstanding", "split", "refused")
    overpaymentid: str = _switch(
        "credit", "what `overpaymentid` names: the credit note, or a payment of it (without invoice)",
        "credit", "payment",
    )  # fmt: skip
    overpaid_again: str = _switch(
        "another", "an edit by which a payment is once more too much: another credit, which alone it "
        "names, or the one that it has becomes what is too much now",
        "another", "replaced",
    )  # fmt: skip
    credit_payment_without_creditid: str = _switch(
        "oldest", "which credit a payment of type Credit uses when it names none",
        "oldest", "refused",
    )  # fmt: skip
    restore_beyond: str = _switch(
        "refused", "restoring a payment that its invoice, or the credit it used, has no room for",
        "refused", "accepted",
    )  # fmt: skip
    delete_payment_deletes_overpayment: bool = _switch(
        False, "deleting a payment deletes the credit note of what it paid too much"
    )
    delete_invoice_deletes_payments: bool = _switch(
        False, "deleting an invoice deletes its payments"
    )
    credit_below_used: str = _switch(
        "accepted", "an edit that brings a credit note below what was used of it",
        "accepted", "refused",
    )  # fmt: skip
    delete_used_credit: str = _switch(
        "accepted", "deleting a credit note that payments have used", "accepted", "refused"
    )
    credit_notes_updated_filter: bool = _switch(
        False, "`search[updated_min]` works on credit notes"
    )
    recurring_catches_up: bool = _switch(
        True, "a recurring profile makes the invoices of days that have passed"
    )
    recurring_moves_profile: bool = _switch(
        True, "making an invoice moves its recurring profile's `updated`"
    )
    estimates_updated_filter: bool = _switch(False, "`search[updated_min]` works on estimates")
    estimate_mark_as_sent: bool = _switch(
        True, "`action_mark_as_sent` works on estimates as it does on invoices"
    )
    bill_tax: str = _switch(
        "added", "whether the taxes of a bill's line come on top of its price or are in it",
        "added", "contained",
    )  # fmt: skip
    bill_partial_past_due: str = _switch(
        "overdue", "status of a partly paid bill past its due date", "overdue", "partial"
    )
    bill_overpayment: str = _switch(
        "refused", "a payment above what is outstanding of its bill", "refused", "accepted"
    )
    bills_vis_state_filter: bool = _switch(True, "`search[vis_state]` works on bills")
    task_scope: str = _switch(
        "projects", "the object whose scope tasks need", "projects", "billable_items"
    )
    task_vis_state: str = _switch(
        "snake", "whether a PUT of a task understands `visState` beside `vis_state`",
        "snake", "both",
    )  # fmt: skip
    task_emits_service: bool = _switch(
        True, "a written task is announced as the service that comes with it"
    )
    text_limit: int = _switch(0, "how many characters a text of a record may have; 0 for no limit")
    items_updated_filter: bool = _switch(False, "`search[updated_min]` works on items")
    callback_filters: bool = _switch(True, "`search[uri]` and `search[verified]` work on callbacks")
    callback_stamp: str = _switch("iso", "the shape of a callback's updated_at", "iso", "space")
    wrong_verifier: str = _switch(
        "refused", "a PUT with a verifier that was not sent", "refused", "ignored"
    )
    handshake_name: str = _switch(
        "event", "the `name` in the handshake: the event registered for, or the older fixed text",
        "event", "callback.verify",
    )  # fmt: skip
    handshake_signed: bool = _switch(True, "the handshake carries a signature too")
    payment_emits_invoice_update: bool = _switch(True, "a payment also announces invoice.update")
    bump_emits_client_update: bool = _switch(
        False, "a client whose `updated` moved with an invoice is announced"
    )
    event_all: bool = _switch(True, "a callback may register for `all`")
    lists_lack: int = _switch(
        0, "how many of a hundred records (by id) no list shows, as after a slip in paging"
    )
    webhook_tries: int = _switch(3, "how often a delivery is tried")
    webhook_retry_seconds: float = _switch(1.0, "the wait before another try")
    webhook_after_tries: str = _switch(
        "drop", "what follows the last failed try", "drop", "delete_callback"
    )
    webhook_delay_seconds: float = _switch(0.0, "the wait before each delivery")

    def change(self, changes: Mapping[str, object]) -> None:
        """Sets several switches at once, or none of them if one is unknown or has a wrong value."""
        known = {each.name: each for each in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise UnknownSwitch(f"no switch {name!r}; there are: {', '.join(sorted(known))}")
            _check(name, value, getattr(self, name), known[name].metadata["choices"])
        for name, value in changes.items():
            setattr(self, name, value)


def _check(name: str, value: object, present: object, choices: tuple[Any, ...]) -> None:
    numeric = isinstance(present, float) and type(value) in (int, float)
    if not numeric and type(value) is not type(present):
        raise UnknownSwitch(f"switch {name!r} takes a {type(present).__name__}, not {value!r}")
    if choices and value not in choices:
        raise UnknownSwitch(f"switch {name!r} takes one of {', '.join(map(repr, choices))}")
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        raise UnknownSwitch(f"switch {name!r} cannot be negative")

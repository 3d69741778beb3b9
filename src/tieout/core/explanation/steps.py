"""What each command did and why: which rule gave each line its account and tax, at which rate, and what rounding did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tieout.core.decision.payload import payload_buyer, payload_journal
from tieout.core.decision.plan import Command, Role
from tieout.core.explanation.again import Record, made_of, of_more_than_one
from tieout.core.explanation.choice import Choice, choices, customer_places
from tieout.core.explanation.dossier import Dossier, Sent
from tieout.core.explanation.origin import Origin, opposites_of, origins_of
from tieout.core.explanation.rounding import remarks_on
from tieout.core.journal.lines import Journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.invoice import Invoice

BANK_CHARGE = "BANK_CHARGE"


class Source(StrEnum):
    """What a posting was made of."""

    # The content that is kept comes to it under the setup of the command.
    CONTENT = "content"
    # It was made of another content, which is not kept.
    NOT_KEPT = "not_kept"
    # It was made of this document and others: a refund of its receipt, say.
    SEVERAL = "several"
    # Nothing was posted, or the opposite of an earlier posting.
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command, explained.

    ``journal`` is what NAV was told to post, none if nothing was to be posted. ``choices`` are the lines of the document with their rules.
    ``groups`` are the rules that give the customer its groups, ``rounding`` sentences about cents.
    """

    sent: Sent
    journal: Journal | None = None
    source: Source = Source.NONE
    choices: tuple[Choice, ...] = ()
    origins: tuple[Origin, ...] = ()
    groups: tuple[str, ...] = ()
    rounding: tuple[str, ...] = ()


def steps_of(
    dossier: Dossier, record: Record | None, setups: Mapping[int, PostingSetup]
) -> tuple[Step, ...]:
    """All commands of a document in the order in which they were carried out, each by the setup that it was made with."""
    return tuple(
        _step(dossier, sent, record, setups[sent.stored.command.setup_version])
        for sent in dossier.sent
    )


def _step(dossier: Dossier, sent: Sent, record: Record | None, setup: PostingSetup) -> Step:
    command = sent.stored.command
    if command.role is Role.CREATE_CUSTOMER:
        payload = command.payload
        bus = (payload["gen_bus_posting_group"], payload["vat_bus_posting_group"])
        return Step(sent=sent, groups=customer_places(setup, *bus, payload))
    if "lines" not in command.payload:
        return Step(sent=sent)
    journal = payload_journal(command.payload)
    if command.role is not Role.POST:
        return Step(
            sent=sent, journal=journal, origins=opposites_of(journal, command.key.removesuffix("X"))
        )
    same = made_of(record, command, setup, _charge(dossier))
    found = _choices(record, command, setup) if same else ()
    others = Source.SEVERAL if of_more_than_one(command, record) else Source.NOT_KEPT
    origins = origins_of(journal, setup, record, found, same=same)
    return Step(
        sent=sent,
        journal=journal,
        source=Source.CONTENT if same else others,
        choices=found,
        origins=origins,
        groups=_groups(dossier, command, setup),
        rounding=remarks_on(journal, origins_taxes(origins), setup),
    )


def origins_taxes(origins: Sequence[Origin]) -> tuple[str, ...]:
    """The one rule that gave each line its tax, empty where there is none or it is not known which."""
    return tuple(each.tax[0] if len(each.tax) == 1 else "" for each in origins)


def _charge(dossier: Dossier) -> Decimal:
    said = (each.value for each in dossier.agreements if each.rule == BANK_CHARGE)
    return Decimal(next(said, "0") or 0)


def _choices(record: Record | None, command: Command, setup: PostingSetup) -> tuple[Choice, ...]:
    buyer = payload_buyer(command.payload)
    if buyer is None or not isinstance(record, Invoice | CreditNote):
        return ()
    return choices(record, setup, buyer) or ()


def _groups(dossier: Dossier, command: Command, setup: PostingSetup) -> tuple[str, ...]:
    buyer = payload_buyer(command.payload)
    if buyer is None or not buyer.gen_bus:
        return ()
    made = [s.stored.command for s in dossier.making if s.stored.done]
    payload = made[-1].payload if made else None
    places = customer_places(setup, buyer.gen_bus, buyer.vat_bus, payload)
    # The client may have been another one when the customer was made.
    return places or customer_places(setup, buyer.gen_bus, buyer.vat_bus)

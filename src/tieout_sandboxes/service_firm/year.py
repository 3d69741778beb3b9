"""The whole year of the firm: stories are drawn until there are as many documents as asked for, then told day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tieout_sandboxes.service_firm.acts import Act
from tieout_sandboxes.service_firm.clients import Client, Company, draw_clients
from tieout_sandboxes.service_firm.stories import STORIES, Story, Tell, unpaid

DOCUMENTS_PER_CLIENT = 40
FEWEST_CLIENTS = 8
NUMBERED = {"invoice": ("invoice_number", ""), "credit_note": ("credit_number", "CN")}


@dataclass(frozen=True)
class ServiceFirm:
    """What a year follows from; the same firm does the same things, to the last cent.

    `documents` counts invoices and credit notes, as the documents of a sales file; payments come on top.
    """

    seed: int = 1
    documents: int = 20_000
    year: int = 2025
    company: Company = "gb"


def acts_of(firm: ServiceFirm) -> list[Act]:
    """Everything that is done in the year, in the order of time.

    >>> acts = acts_of(ServiceFirm(seed=1, documents=50))
    >>> sum(act.makes_document for act in acts)
    50
    """
    dice = Random(f"{firm.seed}:clients")  # noqa: S311 - made-up business, no secret
    count = max(FEWEST_CLIENTS, firm.documents // DOCUMENTS_PER_CLIENT)
    clients = draw_clients(dice, firm.company, count)
    told = [act for story in _stories(firm, clients) for act in story]
    told.sort(key=lambda act: act.day)  # stable: a story keeps its order
    return list(_numbered([*_arrivals(told, clients)]))


def _stories(firm: ServiceFirm, clients: Sequence[Client]) -> Iterator[list[Act]]:
    """Stories within the year until the documents are complete; one that would be too many is replaced by a single invoice."""
    left, number = firm.documents, 0
    telling, weights = zip(*STORIES, strict=True)
    while left > 0:
        number += 1
        dice = Random(f"{firm.seed}:{number}")  # noqa: S311 - made-up business, no secret
        (tell,) = dice.choices(telling, weights)
        client = (
            clients[(number - 1) % len(clients)] if number <= len(clients) else dice.choice(clients)
        )
        begins = date(firm.year, 1, 1) + timedelta(days=dice.randrange(360))
        acts = _told(tell, Story(f"story {number}", client, begins, dice), firm.year)
        documents = sum(act.makes_document for act in acts)
        if documents > left:
            acts = _told(unpaid, Story(f"story {number}", client, begins, dice), firm.year)
            documents = 1
        left -= documents
        yield acts


def _told(tell: Tell, story: Story, year: int) -> list[Act]:
    tell(story)
    return [act for act in story.acts if act.day.year == year]


def _arrivals(told: Sequence[Act], clients: Sequence[Client]) -> Iterator[Act]:
    """The same, with each client made just before it is first needed."""
    by_name = {client.organization: client for client in clients}
    for act in told:
        named = act.fields.get("customerid") or act.fields.get("clientid")
        client = by_name.pop(named.name, None) if named is not None else None
        if client is not None:
            yield Act(act.day, "create", "client", client.organization, client.body())
        yield act


def _numbered(acts: Sequence[Act]) -> Iterator[Act]:
    """Invoices and credit notes with their numbers, counted up in the order in which they are written."""
    counted = dict.fromkeys(NUMBERED, 0)
    for act in acts:
        if not act.makes_document:
            yield act
            continue
        counted[act.kind] += 1
        field, mark = NUMBERED[act.kind]
        number = f"{mark}{act.day.year}-{counted[act.kind]:05d}"
        yield replace(act, fields={**act.fields, field: number})

"""What FreshBooks really answered, as recorded, is understood. Needs the folder of recordings beside the repository."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tieout.connectors.budget import Budget
from tieout.connectors.freshbooks.api import page_of, result_of, row_of
from tieout.connectors.freshbooks.identity import identity_of
from tieout.connectors.freshbooks.resources import RESOURCES, Resource
from tieout.core.failures import Unintelligible
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice

RECORDED = Path(__file__).parents[3].parent / "shared/fixtures/freshbooks/recorded-nango"


def exchanges(path: str) -> Iterator[tuple[str, bytes]]:
    """The answers to calls whose path contains this, that really came from FreshBooks."""
    for file in sorted(RECORDED.glob("*.json")):
        for exchange in json.loads(file.read_text()):
            genuine = exchange["genuine_capture"] and exchange["status"] == 200
            if genuine and path in exchange["path"]:
                yield file.name, json.dumps(exchange["response"]).encode()


def recorded(resource: Resource) -> Iterator[tuple[str, bytes]]:
    """Name of the recording and bytes of each record of a kind in it."""
    for name, body in exchanges(f"/{resource.path}"):
        result = result_of(body)
        single = result.get(resource.single)
        rows = (row_of(single),) if single else page_of(result, resource.plural).rows
        yield from ((name, row.content) for row in rows)


def with_lines(content: bytes) -> dict[str, Any]:
    """The recordings were made without ``include[]=lines``."""
    record: dict[str, Any] = json.loads(content)
    return {**record, "lines": []}


pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"there is no folder {RECORDED}")


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.PAYMENT, Kind.CUSTOMER])
def test_every_recorded_record_is_understood(kind: Kind) -> None:
    resource = RESOURCES[kind]
    found = list(recorded(resource))
    assert len(found) >= 4
    for name, content in found:
        record = with_lines(content)
        ref = Ref(kind, str(record["id"]))
        read = resource.record(ref, json.dumps(record).encode())
        assert read.ref == ref, name
        assert resource.observation(ref.key, content).hash


def test_a_recorded_invoice_without_lines_is_not_taken_for_an_empty_one() -> None:
    _, content = next(recorded(RESOURCES[Kind.INVOICE]))
    ref = Ref(Kind.INVOICE, str(json.loads(content)["id"]))
    with pytest.raises(Unintelligible, match="lines are missing"):
        RESOURCES[Kind.INVOICE].record(ref, content)


def test_recorded_drafts_are_drafts_and_sent_ones_are_not() -> None:
    states = {}
    for _, content in recorded(RESOURCES[Kind.INVOICE]):
        record = with_lines(content)
        ref = Ref(Kind.INVOICE, str(record["id"]))
        read = RESOURCES[Kind.INVOICE].record(ref, json.dumps(record).encode())
        assert isinstance(read, Invoice)
        states[record["display_status"], record["payment_status"]] = read.draft
    assert states[("draft", "unpaid")]
    assert not states[("sent", "partial")]
    assert not states[("sent", "unpaid")]


def test_the_recorded_identity_names_its_business_and_not_its_membership() -> None:
    bodies = [body for _, body in exchanges("/users/me")]
    assert bodies
    for body in bodies:
        (business,) = identity_of(body).businesses
        assert (business.account_id, business.business_id) == ("ZyQ04o", "14719708")


def test_recorded_rate_limits_do_not_slow_us_down() -> None:
    seen = 0
    for file in RECORDED.glob("*.json"):
        for exchange in json.loads(file.read_text()):
            headers = exchange.get("response_headers") or {}
            if "x-ratelimit-limit" in headers:
                budget = Budget(8)
                budget.learn(200, headers)
                assert budget.reserve() == 0
                seen += 1
    assert seen > 30

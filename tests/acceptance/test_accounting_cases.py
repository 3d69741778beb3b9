"""The accounting cases that order to cash must get right, each through the real path; what NAV then holds is read back over OData.

The cases are shared material beside the repository; where that is absent the tests are skipped and say so. ``test_order_to_cash.py`` holds our own.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.cases.ledger import posting_differences, two_customers
from tests.acceptance.cases.library import FILE, WANTED, case
from tests.acceptance.cases.run import differences
from tests.acceptance.cases.setups import posting_setup
from tests.acceptance.cases.variants import VARIANTS
from tests.acceptance.stories import client, invoice, line
from tests.acceptance.world import World, living

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="../shared/reference is not here")

# Cases that have a test of their own: what they tell is no event of FreshBooks. E75 is played in test_polling.py with 100 invoices, which show it as well
# as 2,000 do; what a tie-out says of it is below.
TOLD_ELSEWHERE = ("E44", "E75")


@pytest.mark.parametrize("name", [n for n in (*WANTED, *VARIANTS) if n not in TOLD_ELSEWHERE])
async def test_case(database_url: str, tmp_path: Path, name: str) -> None:
    wanted = case(name)
    async with living(
        database_url, tmp_path, company=wanted.company.lower(), posting_setup=posting_setup(wanted)
    ) as world:
        found = await differences(world, wanted)
    assert not found, "\n".join(["", *found])


async def test_e44_one_number_is_never_given_to_two_customers(world: World) -> None:
    """Two clients have an invoice of the same number, each with both signs in one VAT group, in one round."""
    await world.person.control("switches", {"duplicate_invoice_number": "accepted"})
    mixed = (line("Work", "1", "100.00"), line("Rebate", "1", "-30.00"))
    for key, who in ((35301, 7001), (35302, 7011)):
        await client(world, who)
        await invoice(world, *mixed, id=key, number="0000301", customerid=who)
    await world.sync()
    owners = {
        row["Document_No"]: row["Bill_to_Pay_to_No"] for row in await world.nav.rows("VATEntries")
    }
    assert owners == {"FB0000301": "C00010", "FBI-35302": "C00020"}
    assert not await two_customers(world)
    assert (await world.tie_out()).agrees


async def test_e75_what_a_list_lacks_is_missing_in_freshbooks_and_nothing_is_reversed(
    world: World,
) -> None:
    """Three of twelve, which is below the limit at which the line stops: the difference is shown, and NAV is left as it is."""
    await client(world)
    for n in range(12):
        await invoice(world, line("Work", "1", "100.00"), id=36000 + n, number=f"N{n:05d}")
    await world.sync()
    entries = await world.nav.rows("GeneralLedgerEntries")
    await world.person.control("switches", {"lists_lack": 3})
    await world.sync()
    result = await world.tie_out()
    missing = [d for d in result.differences if d.invariant == "I1"]
    assert [str(d.kind) for d in missing] == ["MISSING_IN_FB"] * 3
    assert await world.nav.rows("GeneralLedgerEntries") == entries


# What is changed in a posting that E05 or E09 expects, and what the comparison must say of it.
DOCTORED = {
    "E05": (
        (1, ("header", "posting_date"), "2026-04-19", "posting_date"),
        (1, ("header", "document_date"), "2026-04-19", "document date"),
        (1, ("gl_entries", 0, "debit"), "199.99", "G/L 1200"),
        (1, ("lines", 0, "account_no"), "C00011", "Customer_No"),
        (1, ("lines", 0, "applies_to_doc_no"), "FB0000201", "is not applied to FB0000201"),
        (1, ("lines", 1, "amount"), "-199.99", "bank STRIPE"),
        (0, ("posting_date",), "2026-04-19", "application on 2026-04-19"),
        (0, ("entries", 0), "FBR11002-2", "is not unapplied"),
        (2, ("posting_date",), "2026-04-19", "application on 2026-04-19"),
        (2, ("to", 0, "amount"), "759.99", "by 759.99"),
    ),
    "E09": (
        (0, ("header", "reason_code"), "", "reason_code"),
        (1, ("header", "document_date"), "2026-04-20", "document date"),
        (1, ("lines", 1, "vat_amount"), "-179.99", "VAT"),
        (1, ("lines", 1, "vat_prod_posting_group"), "VAT5", "VAT"),
    ),
}


@pytest.mark.parametrize("name", DOCTORED)
async def test_the_comparison_finds_whatever_is_not_as_expected(
    database_url: str, tmp_path: Path, name: str
) -> None:
    wanted = case(name)
    async with living(database_url, tmp_path, posting_setup=posting_setup(wanted)) as world:
        assert not await differences(world, wanted)
        for at, where, value, said in DOCTORED[name]:
            posting = copy.deepcopy(wanted.postings[at])
            _put(posting, where, value)
            found = await posting_differences(world, posting)
            assert any(said in text for text in found), (where, found)


def _put(posting: Any, where: tuple[str | int, ...], value: str) -> None:
    for name in where[:-1]:
        posting = posting[name]
    posting[where[-1]] = value

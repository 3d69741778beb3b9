"""The judge sees what it is there to see: a key that stands twice, and what NAV has taken back."""

from __future__ import annotations

from typing import Any

from chaos.judge import epochs, twice
from tieout_sandboxes.nav.server import serve_nav
from tieout_sandboxes.people import NavReader, browser

KEY = "FB-PMT-11001-1"
CUSTOMER = {
    "Name": "Acme Ltd",
    "Gen. Bus. Posting Group": "DOMESTIC",
    "Customer Posting Group": "DOMESTIC",
}


def receipt(number: str) -> dict[str, Any]:
    return {
        "document_type": "Payment",
        "document_no": number,
        "posting_date": "2026-03-16",
        "external_document_no": KEY,
        "lines": [
            {"account_type": "Customer", "account_no": "C00010", "amount": "-960.00"},
            {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": "960.00"},
        ],
    }


async def test_a_key_that_stands_twice_is_seen_and_one_that_was_reversed_is_not() -> None:
    async with await serve_nav(control=True) as server, browser() as http:
        nav = NavReader(
            {
                "odata_url": server.odata_url,
                "company": server.company,
                "user": server.user,
                "key": server.key,
            },
            http,
        )
        record = {"table": "Customer", "key": ["C00010"], "values": CUSTOMER}
        await nav.control("record", record)
        await nav.control("journal", receipt("NAV-1"))
        await nav.control("reverse", {"document_no": "NAV-1"})
        assert await twice(nav) == []
        await nav.control("journal", receipt("NAV-2"))
        assert await twice(nav) == [f"{KEY} stands 2 times"]


class ForgetfulNav(NavReader):
    """A NAV whose gateway let a woken worker in."""

    async def gateway(self) -> dict[str, Any]:
        keys = [
            {"key": f"FB-INV-{n}-1", "kind": "Document", "epoch": e}
            for n, e in enumerate((3, 5, 4))
        ]
        return {"epoch": 5, "keys": keys}


async def test_an_epoch_that_comes_after_a_higher_one_is_seen() -> None:
    told = {"odata_url": "http://127.0.0.1:1", "company": "x", "user": "x", "key": "x"}
    async with browser() as http:
        assert await epochs(ForgetfulNav(told, http)) == [
            "FB-INV-2-1 of epoch 4 came after epoch 5"
        ]

"""Speaks to a NAV server with an unmodified odyn; run by a Python of its own, the server told on stdin.

Whatever is not as it should be ends with a traceback.
"""

import asyncio
import json
import sys

from odyn import BasicAuth, BCWebServiceClient
from odyn.exceptions import (
    AuthenticationError,
    NotFoundError,
    RateLimitError,
    RetryExhaustedError,
    ValidationError,
)
from odyn.query import F, ODataQuery

told = json.load(sys.stdin)


def client(**more):
    given = {"company": told["company"], "max_retries": 0, **more}
    auth = BasicAuth(told["user"], given.pop("key", told["key"]))
    return BCWebServiceClient.create(told["server"], told["instance"], auth, **given)


async def refused(kind, waiting):
    """The error that the call must end with."""
    try:
        await waiting
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected")


async def talk():
    async with client() as nav:
        rows = await nav.get("Customer")
        assert rows["Name"].to_list() == ["Acme", "Brown's", "Clark", "Dora", "Zoë"]
        pages = [page.height async for page in nav.get_stream("Customer")]
        assert pages == [2, 2, 1], pages
        query = ODataQuery().select("No", "Name").filter(F.City == "York").order_by("Name desc")
        assert (await nav.get("Customer", query=query))["Name"].to_list() == [
            "Zoë",
            "Clark",
            "Acme",
        ]
        either = ODataQuery().filter(F.No.is_in(["C00010", "C00040"]))
        assert (await nav.get("Customer", query=either)).height == 2
        assert (await nav.get_first("Customer", query=ODataQuery().skip(3)))["Name"] == "Dora"
        some = await nav.get_batch(
            "Customer", field="No", values=["C00020", "C00050"], batch_size=1
        )
        assert sorted(some["Name"].to_list()) == ["Brown's", "Zoë"]
        assert (await nav.get_by_key("Customer", "C00030", select=["Name"]))["Name"] == "Clark"

        missing = await refused(NotFoundError, nav.get_by_key("Customer", "C99999"))
        assert "The Customer does not exist" in missing.message
        await refused(NotFoundError, nav.get("Nowhere"))
        wrong = ODataQuery().filter((F.City == "York") | (F.Name == "Dora"))
        told_so = await refused(ValidationError, nav.get("Customer", query=wrong))
        assert "OR" in told_so.message
        busy = (await refused(RetryExhaustedError, nav.get("GLRegisters"))).__cause__
        assert (type(busy), busy.retry_after) == (RateLimitError, 7)
    async with client(company=None) as server:
        names = await server.get_endpoints()
        assert names[0] == "Company"
        assert "GeneralLedgerEntries" in names
    async with client(key="wrong") as stranger:
        await refused(AuthenticationError, stranger.get("Customer"))


asyncio.run(talk())
print("done")

"""Speaks to a NAV server with an unmodified pybc365; run by a Python of its own, the server told on stdin.

Whatever is not as it should be ends with a traceback.
"""

import json
import sys
from decimal import Decimal

import httpx
from pybc365 import Client, F, desc
from pybc365.errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    ResponseError,
    UnknownServiceError,
)

told = json.load(sys.stdin)


def refused(kind, call):
    """The error that the call must end with."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def client(**more):
    given = {"company": told["company"], "page_size": 2, "parse_float": Decimal, **more}
    auth = httpx.BasicAuth(told["user"], given.pop("key", told["key"]))
    return Client(base_url=told["base"], auth=auth, **given)


with client() as nav:
    nav.ping()
    customers = nav.service("Customer")

    # create, with an exact amount, and what NAV adds to it
    made = [
        customers.create({"Name": name, "City": "York", "Credit_Limit_LCY": 1000.05})
        for name in ("Acme", "Brown's", "Clark", "Dora", "Zoë")
    ]
    assert [row["No"] for row in made] == ["C00010", "C00020", "C00030", "C00040", "C00050"]
    assert made[0]["Credit_Limit_LCY"] == Decimal("1000.05")

    # list: filter, select, order, pages of two, top and skip, count
    assert [row["Name"] for row in customers.order_by(desc("Name"))] == [
        "Zoë", "Dora", "Clark", "Brown's", "Acme",
    ]  # fmt: skip
    assert len(list(customers.pages())) == 3
    assert [r["No"] for r in customers.filter(F.Name == "Brown's").select("Name")] == ["C00020"]
    wanted = customers.filter(F.No.is_in(["C00010", "C00030"]), F.City.startswith("Y"))
    assert [row["Name"] for row in wanted.all()] == ["Acme", "Clark"]
    assert [row["Name"] for row in customers.skip(1).top(3)] == ["Brown's", "Clark", "Dora"]
    assert customers.filter(F.Name.contains("a")).count() == 2
    assert customers.filter(F.Credit_Limit_LCY > 1000).count() == 5

    # read by key and change under an ETag
    acme = customers.get(F.No == "C00010")
    changed = customers.update(F.No == "C00010", {"City": "Leeds"}, etag=acme["@odata.etag"])
    assert (changed["City"], changed["Name"]) == ("Leeds", "Acme")
    stale = refused(
        ConflictError,
        lambda: customers.update(F.No == "C00010", {"City": "Hull"}, etag=acme["@odata.etag"]),
    )
    assert stale.message == "Another user has already changed the record."
    rates = nav.service("CurrencyExchangeRates")
    rates.create(
        {
            "Currency_Code": "EUR",
            "Starting_Date": "2031-03-01",
            "Exchange_Rate_Amount": 1,
            "Relational_Exch_Rate_Amount": 0.85,
        }
    )
    key = (F.Currency_Code == "EUR") & (F.Starting_Date == __import__("datetime").date(2031, 3, 1))
    assert rates.get(key)["Relational_Exch_Rate_Amount"] == Decimal("0.85")

    # delete: with an old ETag not, with the present one once
    refused(ConflictError, lambda: customers.delete(F.No == "C00010", etag=acme["@odata.etag"]))
    customers.delete(F.No == "C00010", etag=changed["@odata.etag"])
    refused(NotFoundError, lambda: customers.get(F.No == "C00010"))

    # faults
    refused(NotFoundError, lambda: nav.service("Nowhere").all())
    unknown = refused(BadRequestError, lambda: customers.filter(F.Nickname == "A").all())
    assert "Nickname" in unknown.message
    lines = nav.service("GeneralLedgerEntries")
    assert refused(ResponseError, lambda: lines.create({"Amount": 1})).status == 405
    long = refused(BadRequestError, lambda: customers.create({"Name": "x" * 51}))
    assert long.code == "Application_StringExceededLength"

    # metadata
    (no,) = nav.discover_keys("Customer")
    assert (no.name, no.type, no.max_length) == ("No", "Edm.String", 20)
    keys = [field.name for field in nav.discover_keys("GeneralJournal")]
    assert keys == ["Journal_Batch_Name", "Journal_Template_Name", "Line_No"]
    assert nav.discover_fields("Customer")["Credit_Limit_LCY"].type == "Edm.Decimal"
    refused(UnknownServiceError, lambda: nav.discover_keys("Nowhere"))

with client(key="wrong") as stranger:
    refused(AuthenticationError, stranger.ping)
with client(company="Nobody") as lost:
    refused(NotFoundError, lost.ping)
print("done")

"""What is answered to each request that fails, in each flavour of NAV, in V4 and in V3.

The rows are the conditions of Microsoft's error tables; the columns NAV 2016, NAV 2018 and Business Central 14.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx2
import pytest

from tieout_sandboxes.nav.server import NavServer

META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
ANY = {"If-Match": "*"}
FLAVOURS = ("nav2016", "nav2018", "bc14")
LINE = {"Journal_Template_Name": "GENERAL", "Journal_Batch_Name": "FRESHBOOKS"}


@dataclass(frozen=True)
class Case:
    """A request that fails, how NAV answers it and in which words, and where that differs.

    `status` is that of NAV, `later` that of Business Central; codes are empty in NAV 2016.
    """

    name: str
    status: int
    code: str
    words: str
    address: str = "Customer"
    method: str = "GET"
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    later: int = 0
    switches: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


def changed(**body: Any) -> dict[str, Any]:
    return {"address": "Customer('C00010')", "method": "PATCH", "body": body, "headers": ANY}


def inserted(**body: Any) -> dict[str, Any]:
    return {"method": "POST", "body": {"Name": "Acme", **body}}


CASES = (
    Case(
        "no permission",
        401,
        "Authorization_RequestDenied",
        "You do not have the following permissions on TableData Customer",
        later=403,
        switches={"account": "without_permissions"},
    ),
    Case(
        "unknown service",
        404,
        "BadRequest_ResourceNotFound",
        "Resource not found for the segment 'Nothing'.",
        "Nothing",
    ),
    Case(
        "unknown segment",
        404,
        "BadRequest_ResourceNotFound",
        "Resource not found for the segment 'Name'.",
        "Customer('C00010')/Name",
    ),
    Case(
        "unreadable key",
        404,
        "BadRequest_NotFound",
        "Bad Request - Error in query syntax near 'Customer(!)'.",
        "Customer(!)",
    ),
    Case(
        "unknown property in a filter",
        400,
        "BadRequest",
        "Could not find a property named 'X' on type 'NAV.Customer'.",
        "Customer?$filter=X eq 1",
    ),
    Case(
        "unknown property selected",
        400,
        "BadRequest",
        "Could not find a property named 'X' on type 'NAV.Customer'.",
        "Customer?$select=X",
    ),
    Case(
        "unknown property in a body",
        400,
        "BadRequest",
        "Could not find a property named 'X' on type 'NAV.Customer'.",
        **changed(X=1),
    ),
    Case(
        "record missing",
        404,
        "Internal_RecordNotFound",
        "The Customer does not exist. Identification fields and values: No.='X'",
        "Customer('X')",
    ),
    Case(
        "duplicate key",
        400,
        "Internal_EntityWithSameKeyExists",
        "The Payment Terms already exists. Identification fields and values: Code='14 DAYS'",
        "PaymentTerms",
        "POST",
        {"Code": "14 days"},
        later=409,
    ),
    Case(
        "stale ETag",
        409,
        "Request_EntityChanged",
        "Another user has already changed the record.",
        **{**changed(City="Leeds"), "headers": {"If-Match": 'W/"JzA7Jw=="'}},
    ),
    Case(
        "missing If-Match",
        400,
        "BadRequest_InvalidToken",
        "Could not validate the client concurrency token required by the service.",
        **{**changed(City="Leeds"), "headers": {}},
    ),
    Case(
        "malformed If-Match",
        400,
        "BadRequest_InvalidToken",
        "Could not validate the client concurrency token required by the service.",
        **{**changed(City="Leeds"), "headers": {"If-Match": "yesterday"}},
    ),
    Case(
        "read-only control",
        400,
        "BadRequest_InvalidOperation",
        "Control 'Last Date Modified' is read-only",
        **changed(Last_Date_Modified="2020-01-31"),
    ),
    Case(
        "TESTFIELD",
        400,
        "Application_FieldValidationException",
        "Code must have a value in Payment Terms",
        "PaymentTerms",
        "POST",
        {"Description": "Soon"},
    ),
    Case(
        "ERROR",
        400,
        "Application_DialogException",
        "You may not enter numbers manually.",
        **inserted(No="ACME"),
    ),
    Case(
        "TableRelation",
        400,
        "Internal_InvalidTableRelation",
        "contains a value (NOWHERE) that cannot be found in the related table (Currency).",
        **changed(Currency_Code="NOWHERE"),
    ),
    Case(
        "nothing within the filter",
        400,
        "Internal_DataNotFoundFilter",
        "There is no Cust. Ledger Entry within the filter.",
        fault="data_not_found",
    ),
    Case(
        "text too long",
        400,
        "Application_StringExceededLength",
        "The length of the string is 51, but it must be less than or equal to 50 characters.",
        **changed(Name="x" * 51),
    ),
    Case(
        "unknown option",
        400,
        "Unknown",
        "'Never' is not an option. The existing options are:  ,Ship,Invoice,All",
        **changed(Blocked="Never"),
    ),
    Case(
        "conversion",
        400,
        "BadRequest",
        "Unable to convert value to Date",
        "GeneralJournal",
        "POST",
        {**LINE, "Posting_Date": "yesterday"},
    ),
    Case(
        "conversion in a filter",
        400,
        "BadRequest",
        "Unable to convert value to Integer",
        "GeneralLedgerEntries?$filter=Entry_No eq 1.5",
    ),
    Case(
        "dialog from code",
        400,
        "Application_CallbackNotAllowed",
        "Callback functions are not allowed.",
        fault="callback",
    ),
    Case(
        "verb not allowed",
        405,
        "BadRequest_MethodNotAllowed",
        "'POST' requests for 'GeneralLedgerEntries' of EdmType 'Entity' are not allowed within "
        "Microsoft Dynamics NAV OData web services.",
        "GeneralLedgerEntries",
        "POST",
        {},
    ),
    Case(
        "a document that is only read",
        405,
        "BadRequest_MethodNotAllowed",
        "'POST' requests for '$metadata' of EdmType 'Entity' are not allowed",
        "../$metadata",
        "POST",
        {},
    ),
    Case(
        "not implemented",
        501,
        "BadRequest_MethodNotImplemented",
        "not implemented",
        "../$batch",
        "POST",
        {},
        switches={"batch": "not_implemented"},
    ),
    Case(
        "lock timeout",
        409,
        "Internal_ServerError",
        "The operation could not complete because a record in the Customer table was locked by "
        "another user. Please retry the activity.",
        switches={"lock_timeout_ms": 10},
        **changed(City="Leeds"),
    ),
    Case(
        "deadlock",
        400,
        "Application_DialogException",
        "Your activity was deadlocked with another user.",
        fault="deadlock",
    ),
    Case(
        "company missing",
        404,
        "Internal_CompanyNotFound",
        "Cannot find the Company 'Nobody'.",
        "../Company('Nobody')/Customer",
    ),
    Case(
        "default company missing",
        404,
        "Internal_CompanyNotFound",
        "Cannot process the request because the default company cannot be found.",
        "../Customer",
        switches={"default_company": "none"},
    ),
    Case(
        "unreadable body",
        400,
        "BadRequest",
        "Invalid Request Body",
        "Customer",
        "POST",
        None,
        {"Content-Type": "application/json"},
    ),
)


@pytest.fixture(params=["ODataV4", "OData"])
async def client(
    request: pytest.FixtureRequest, nav: NavServer
) -> AsyncIterator[httpx2.AsyncClient]:
    root = nav.odata_url if request.param == "ODataV4" else nav.odata_v3_url
    base = f"{root}/Company('{quote(nav.company, safe='()')}')/"
    async with httpx2.AsyncClient(base_url=base, auth=(nav.user, nav.key)) as opened:
        yield opened


async def ask(client: httpx2.AsyncClient, nav: NavServer, case: Case) -> httpx2.Response:
    """Sends the request of a case; where it waits for a lock, somebody else holds it."""
    for name, value in case.switches.items():
        nav.state.switches.set(name, value)
    if case.fault:
        nav.state.faults.add({"kind": "refuse", "error": case.fault})
    locked = "lock_timeout_ms" in case.switches
    if locked:
        await nav.state.company.lock.acquire()
    sent: dict[str, Any] = {} if case.body is None else {"json": case.body}
    answer = await client.request(case.method, case.address, headers=case.headers, **sent)
    if locked:
        nav.state.company.lock.release()
    return answer


def told(answer: httpx2.Response) -> tuple[str, str]:
    """Code and message, in whichever envelope."""
    if "xml" in answer.headers["content-type"]:
        root = ElementTree.fromstring(answer.content)
        assert root.tag == f"{META}error"
        return root.findtext(f"{META}code") or "", root.findtext(f"{META}message") or ""
    error = answer.json()["error"]
    return error["code"], error["message"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_each_failure_has_its_status_code_and_words(
    nav: NavServer, client: httpx2.AsyncClient, case: Case, flavour: str
) -> None:
    made = await client.post("Customer", json={"Name": "Acme"})
    assert made.status_code == 201
    nav.state.switches.set("flavour", flavour)
    answer = await ask(client, nav, case)
    assert answer.status_code == ((case.later or case.status) if flavour == "bc14" else case.status)
    code, message = told(answer)
    assert code == ("" if flavour == "nav2016" else case.code)
    assert case.words in message


@pytest.mark.parametrize(
    ("switch", "name", "statuses"),
    [
        ("duplicate_status", "duplicate key", (400, 409)),
        ("permission_status", "no permission", (400, 401, 403)),
        ("deadlock_status", "deadlock", (400, 409)),
        ("default_company_status", "default company missing", (400, 404)),
        ("lock_status", "lock timeout", (400, 409, 500)),
        ("stale_status", "stale ETag", (400, 409, 412)),
    ],
)
async def test_a_status_that_no_source_gives_may_be_another(
    nav: NavServer, client: httpx2.AsyncClient, switch: str, name: str, statuses: tuple[int, ...]
) -> None:
    """Of NAV, that is: what Business Central answers to the first two is known."""
    (case,) = (case for case in CASES if case.name == name)
    await client.post("Customer", json={"Name": "Acme"})
    for status in statuses:
        nav.state.switches.set(switch, status)
        assert (await ask(client, nav, case)).status_code == status
    nav.state.switches.set("flavour", "bc14")
    if case.later:
        assert (await ask(client, nav, case)).status_code == case.later


async def test_the_token_is_asked_for_in_the_words_of_each_product(
    nav: NavServer, client: httpx2.AsyncClient
) -> None:
    await client.post("Customer", json={"Name": "Acme"})
    (case,) = (case for case in CASES if case.name == "missing If-Match")
    assert told(await ask(client, nav, case))[1].endswith("a valid token in the client request.")
    nav.state.switches.set("flavour", "bc14")
    assert told(await ask(client, nav, case))[1].endswith("specified the If-Match header.")


async def test_a_company_that_is_named_needs_no_default(
    nav: NavServer, client: httpx2.AsyncClient
) -> None:
    nav.state.switches.set("default_company", "none")
    for address in ("Customer", "../", "../Company", "../$metadata"):
        assert (await client.get(address)).status_code == 200, address
    named = await client.get("../Customer", params={"company": nav.company})
    assert named.status_code == 200


async def test_a_refusal_is_asked_for_by_name(control: httpx2.AsyncClient) -> None:
    answer = await control.post("faults", json={"kind": "refuse", "error": "nothing"})
    assert answer.status_code == 422
    assert "deadlock, callback, data_not_found" in answer.text

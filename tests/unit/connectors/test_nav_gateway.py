from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from tieout.connectors.http import Http
from tieout.connectors.nav.client import LONGEST_POSTING_S, NavTarget
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.wire.gateway import APPLICATIONS, CUSTOMERS, DOCUMENTS, FUNCTIONS
from tieout.core.decision.plan import Command, Role, Status
from tieout.core.failures import (
    OutcomeUnknown,
    Refused,
    Superseded,
    Throttled,
    Unauthorized,
    Unintelligible,
    Unreachable,
)
from tieout.core.records.identity import Kind, Ref

CONNECTION = NavConnection(
    odata_url="http://nav.test:7048/NAV/ODataV4",
    soap_url="http://nav.test:7047/NAV/WS",
    company="Tieout Demo (GB) Ltd.",
    user="TIEOUT",
    key="k3y",
)
NAMESPACE = "urn:microsoft-dynamics-schemas/codeunit/TieoutGateway"
LINE = {
    "account_type": "Customer",
    "account_no": "C00010",
    "description": "Tea & <scones>",
    "amount": "216.00",
    "amount_lcy": "",
    "gen_posting_type": "",
    "gen_bus_posting_group": "",
    "gen_prod_posting_group": "",
    "vat_bus_posting_group": "",
    "vat_prod_posting_group": "",
    "vat_amount": "",
    "applies_to_doc_type": "",
    "applies_to_doc_no": "",
}
DOCUMENT = {
    "template_name": "GENERAL",
    "batch_name": "FRESHBOOKS",
    "document_type": "Invoice",
    "document_no": "0000001",
    "posting_date": "2026-03-01",
    "document_date": "2026-03-01",
    "due_date": "",
    "currency_code": "",
    "currency_factor": "",
    "reason_code": "",
    "lines": [LINE, {**LINE, "account_type": "G/L Account", "vat_amount": "-36.00"}],
}
CUSTOMER = dict.fromkeys((key for _, key in CUSTOMERS.elements), "") | {
    "name": "Acme",
    "e_mail": "a@b",
}
APPLICATION = dict.fromkeys((key for _, key in APPLICATIONS.elements), "") | {"amount": "5.00"}


def command(
    number: int = 1, role: Role = Role.POST, payload: dict[str, object] | None = None
) -> Command:
    return Command(
        key=f"FB-INV-{number}-1",
        ref=Ref(Kind.INVOICE, str(number)),
        revision=1,
        role=role,
        payload=payload or DOCUMENT,
        depends_on=("FB-CUS-1-1", "FB-CUS-2-1"),
    )


def answer(function: str, inside: str) -> httpx2.Response:
    body = f'<{function}_Result xmlns="{NAMESPACE}">{inside}</{function}_Result>'
    return soap(200, body)


def soap(status: int, body: str) -> httpx2.Response:
    envelope = f'<Soap:Envelope xmlns:Soap="http://schemas.xmlsoap.org/soap/envelope/"><Soap:Body>{body}</Soap:Body></Soap:Envelope>'
    return httpx2.Response(status, content=envelope.encode())


def fault(text: str, kind: str = "NavNCLDialogException") -> httpx2.Response:
    return soap(
        500,
        '<s:Fault xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<faultcode xmlns:a="urn:microsoft-dynamics-schemas/error">a:{kind}</faultcode>'
        f'<faultstring xml:lang="en-US">{text}</faultstring><detail/></s:Fault>',
    )


def results(*rows: str) -> str:
    inner = "".join(f"<Result>{row}</Result>" for row in rows)
    return f'<results xmlns="urn:microsoft-dynamics-nav/xmlports/x50101">{inner}</results>'


def result(key: str, status: str = "posted", **more: str) -> str:
    fields = {"Key": key, "Status": status, **more}
    return "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())


class Nav:
    def __init__(self, *responses: httpx2.Response | Exception) -> None:
        self.responses = list(responses)
        self.requests: list[httpx2.Request] = []
        transport = httpx2.MockTransport(self.answer)
        self.target = NavTarget(CONNECTION, Http(transport=transport, sleep=self.sleep))

    async def sleep(self, seconds: float) -> None: ...

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        response = self.responses.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    def sent(self) -> ET.Element:
        body = ET.fromstring(self.requests[-1].content)[0]
        return body[0]


def shown(node: ET.Element) -> list[tuple[str, str]]:
    return [(child.tag, child.text or "") for child in node]


async def test_post_sends_the_documents_as_the_contract_says() -> None:
    nav = Nav(answer("Post", results(result("FB-INV-1-1"))))
    await nav.target.execute(7, [command()])
    request, sent = nav.requests[0], nav.sent()
    assert request.url.raw_path == b"/NAV/WS/Tieout%20Demo%20(GB)%20Ltd./Codeunit/TieoutGateway"
    assert request.headers["soapaction"] == f'"{NAMESPACE}:Post"'
    assert sent.tag == f"{{{NAMESPACE}}}Post"
    assert [child.tag for child in sent] == [
        f"{{{NAMESPACE}}}{name}" for name in ("epoch", "documents", "results")
    ]
    assert sent[0].text == "7"
    x = "{urn:microsoft-dynamics-nav/xmlports/x50100}"
    (document,) = sent[1]
    head = shown(document)[:9]
    assert head == [
        (x + "Key", "FB-INV-1-1"),
        (x + "Hash", command().hash),
        (x + "DependsOn", "FB-CUS-1-1 FB-CUS-2-1"),
        (x + "TemplateName", "GENERAL"),
        (x + "BatchName", "FRESHBOOKS"),
        (x + "DocumentType", "Invoice"),
        (x + "DocumentNo", "0000001"),
        (x + "PostingDate", "2026-03-01"),
        (x + "DocumentDate", "2026-03-01"),
    ]
    line = document.findall(x + "Line")[1]
    names = " ".join(tag.removeprefix(x) for tag, _ in shown(line))
    assert names == (
        "AccountType AccountNo PostingGroup Description Amount AmountLCY GenPostingType"
        " GenBusPostingGroup GenProdPostingGroup VATBusPostingGroup VATProdPostingGroup VATAmount"
        " TaxAreaCode TaxGroupCode TaxLiable AppliesToDocType AppliesToDocNo Dimensions"
    )
    assert dict(shown(line))[x + "Description"] == "Tea & <scones>"
    assert dict(shown(line))[x + "VATAmount"] == "-36.00"


@pytest.mark.parametrize(
    ("role", "payload", "function", "parameter"),
    [
        (Role.CREATE_CUSTOMER, CUSTOMER, "CreateCustomers", "customers"),
        (Role.REVERSE, DOCUMENT, "Post", "documents"),
        (Role.APPLY, APPLICATION, "Apply", "applications"),
        (Role.UNAPPLY, APPLICATION, "Unapply", "applications"),
    ],
)
async def test_each_role_has_its_function(
    role: Role, payload: dict[str, object], function: str, parameter: str
) -> None:
    nav = Nav(answer(function, results(result("FB-INV-1-1"))))
    await nav.target.execute(1, [command(role=role, payload=payload)])
    assert nav.sent().tag == f"{{{NAMESPACE}}}{function}"
    assert nav.sent()[1].tag == f"{{{NAMESPACE}}}{parameter}"
    names = [child.tag.rpartition("}")[2] for child in nav.sent()[1][0]]
    assert ("DependsOn" in names) is (role is not Role.CREATE_CUSTOMER)


async def test_receipts_come_in_the_order_of_the_commands() -> None:
    nav = Nav(
        answer(
            "Post",
            results(
                result("FB-INV-2-1", "refused", Text="Amount must be positive"),
                result("FB-INV-1-1", No="0000001", RegisterNo="4", EntryNo="9", Amount="216.00"),
            ),
        )
    )
    first, second = await nav.target.execute(1, [command(1), command(2)])
    assert (first.key, first.status, first.no) == ("FB-INV-1-1", Status.POSTED, "0000001")
    assert (first.register_no, first.entry_no, first.amount) == (4, 9, Decimal("216.00"))
    assert (second.status, second.text) == (Status.REFUSED, "Amount must be positive")
    assert second.amount == 0


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (fault("TIEOUT-EPOCH 9 is stored"), Superseded),
        (fault("TIEOUT-REQUEST line 3"), Refused),
        (fault("TIEOUT-SETUP no key table"), Refused),
        (fault("a record was locked by another user"), OutcomeUnknown),
        (fault("Something else"), OutcomeUnknown),
        (httpx2.Response(500, content=b"<html>crash</html>"), OutcomeUnknown),
        (httpx2.Response(503), OutcomeUnknown),
        (httpx2.Response(200, content=b"<html>"), OutcomeUnknown),
        (answer("Post", results()), OutcomeUnknown),
        (answer("Post", results(result("FB-INV-1-1", "perhaps"))), OutcomeUnknown),
        (answer("Post", results(result("FB-INV-1-1", Amount="many"))), OutcomeUnknown),
        (httpx2.ReadTimeout("x"), OutcomeUnknown),
        (httpx2.RemoteProtocolError("x"), OutcomeUnknown),
        (httpx2.ConnectError("x"), Unreachable),
        (httpx2.Response(401), Unauthorized),
        (httpx2.Response(404), Refused),
        (httpx2.Response(413), Refused),
        (httpx2.Response(429), Throttled),
    ],
)
async def test_what_goes_wrong_when_writing_is_sent_once(
    response: httpx2.Response | Exception, kind: type[Exception]
) -> None:
    nav = Nav(response)
    with pytest.raises(kind):
        await nav.target.execute(1, [command()])
    assert len(nav.requests) == 1


async def test_find_answers_the_keys_that_nav_has() -> None:
    found = results(result("FB-INV-1-1", "already", Text="ab" * 32, EntryNo="3"))
    nav = Nav(answer("Find", found))
    receipts = await nav.target.find([command(1), command(2)])
    assert set(receipts) == {"FB-INV-1-1"}
    assert receipts["FB-INV-1-1"].text == "ab" * 32
    x = "{urn:microsoft-dynamics-nav/xmlports/x50103}"
    assert shown(nav.sent()[0]) == [(x + "Key", "FB-INV-1-1"), (x + "Key", "FB-INV-2-1")]


async def test_find_asks_for_many_keys_in_several_calls_and_for_none_in_none() -> None:
    nav = Nav(*[answer("Find", results()) for _ in range(3)])
    assert await nav.target.find([command(n) for n in range(1001)]) == {}
    assert len(nav.requests) == 3
    assert await nav.target.find([]) == {}


@pytest.mark.parametrize(
    ("response", "kind", "sent"),
    [
        (fault("a record was locked by another user. Please retry"), Unreachable, 1),
        (fault("You do not have the following permissions"), Refused, 1),
        (httpx2.Response(500, content=b"<html>crash</html>"), Unreachable, 1),
        (httpx2.Response(503), Unreachable, 3),
        (httpx2.ReadTimeout("x"), Unreachable, 3),
        (httpx2.Response(200, content=b"<html>"), Unintelligible, 1),
        (answer("Find", results(result("", "already"))), Unintelligible, 1),
    ],
)
async def test_what_goes_wrong_when_looking_up(
    response: httpx2.Response | Exception, kind: type[Exception], sent: int
) -> None:
    nav = Nav(*[response] * 3)
    with pytest.raises(kind):
        await nav.target.find([command()])
    assert len(nav.requests) == sent


async def test_claim_answers_the_highest_epoch() -> None:
    nav = Nav(answer("Claim", "<return_value>9</return_value>"))
    assert await nav.target.claim(7) == 9
    assert shown(nav.sent()) == [(f"{{{NAMESPACE}}}epoch", "7")]


async def test_a_claim_whose_answer_is_lost_is_made_again() -> None:
    nav = Nav(httpx2.ReadTimeout("x"), answer("Claim", "<return_value>7</return_value>"))
    assert await nav.target.claim(7) == 7


async def test_ping_tells_who_is_there() -> None:
    line = "version=1.0;company=Tieout Demo (GB) Ltd.;lcy=GBP;epoch=3;user=TIEOUT;posting_from=;posting_to=2026-12-31;work_date=2026-03-10"
    pong = await Nav(answer("Ping", f"<return_value>{line}</return_value>")).target.ping()
    assert (pong.version, pong.company, pong.lcy, pong.epoch) == (
        "1.0",
        "Tieout Demo (GB) Ltd.",
        "GBP",
        3,
    )
    assert (pong.posting_from, pong.posting_to) == ("", "2026-12-31")


async def test_an_entity_bomb_is_not_opened() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(Unintelligible):
        await Nav(httpx2.Response(200, content=bomb)).target.ping()


async def test_a_payload_with_a_name_that_has_no_element_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="no element"):
        await Nav().target.execute(1, [command(payload={**DOCUMENT, "discount": "1"})])


async def test_a_call_that_nav_would_not_accept_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="send fewer"):
        await Nav().target.execute(1, [command(n) for n in range(2000)])


async def test_commands_of_two_functions_do_not_go_into_one_call() -> None:
    with pytest.raises(AssertionError):
        await Nav().target.execute(1, [command(), command(2, role=Role.APPLY, payload=APPLICATION)])


async def test_no_commands_no_call() -> None:
    assert await Nav().target.execute(1, []) == ()


def test_characters_that_xml_cannot_hold_become_blanks() -> None:
    odd = command(payload={**DOCUMENT, "lines": [{**LINE, "description": "a\x0bb\x00c\ud800d"}]})
    sent = ET.fromstring(DOCUMENTS.render([odd]))
    (found,) = [node.text for node in sent.iter() if node.tag.endswith("Description")]
    assert found == "a b c d"


async def test_a_gateway_of_an_older_version_is_not_asked_for_what_it_lacks() -> None:
    words = {"customer_no": "C1", "document_type": "Invoice", "document_no": "1"}
    command = Command(
        key="FB-INV-1-D1",
        ref=Ref(Kind.INVOICE, "1"),
        revision=1,
        role=Role.SET_DUE_DATE,
        payload={**words, "due_date": "2026-06-30"},
    )
    old = Nav(answer("Ping", "<return_value>version=2;epoch=3</return_value>"))
    (receipt,) = await old.target.execute(3, [command])
    assert (receipt.status, receipt.text) == (
        Status.REFUSED,
        "The gateway in NAV is of version 2 and has no SetDueDate; install version 4 (nav/guide.md).",
    )
    new = Nav(
        answer("Ping", "<return_value>version=3;epoch=3</return_value>"),
        answer("SetDueDate", results(result("FB-INV-1-D1"))),
    )
    assert (await new.target.execute(3, [command]))[0].status is Status.POSTED


def test_each_function_takes_the_xmlport_that_its_contract_says() -> None:
    contract = (Path(__file__).parents[3] / "docs/protocols/gateway.md").read_text()
    heading = re.compile(r"^### (\w+)\(epoch: BigInteger, (\w+): XMLport (\d+)", re.MULTILINE)
    assert set(heading.findall(contract)) == {
        (function, port.parameter, str(port.number)) for function, port in FUNCTIONS.values()
    }


async def test_nav_says_itself_when_postings_have_ended() -> None:
    nav = Nav(
        answer("Ping", "<return_value>version=4;epoch=3</return_value>"),
        *[answer("LastEntry", "<return_value>812</return_value>")] * 2,
    )
    assert await nav.target.postings_ended() == 812
    assert await nav.target.postings_ended() == 812
    assert len(nav.requests) == 3


async def test_a_gateway_that_cannot_say_it_is_given_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    nav = Nav(answer("Ping", "<return_value>version=3;epoch=3</return_value>"))
    assert await nav.target.postings_ended() is None
    assert slept == [LONGEST_POSTING_S]


async def test_a_last_entry_that_is_no_number_is_not_understood() -> None:
    nav = Nav(
        answer("Ping", "<return_value>version=4;epoch=3</return_value>"),
        answer("LastEntry", "<return_value>soon</return_value>"),
    )
    with pytest.raises(Unintelligible):
        await nav.target.postings_ended()

"""Changes, deletes, keys, bookmarks and faults of page services, spoken to by an unmodified zeep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import requests
import zeep

from tieout_sandboxes.nav.server import NavServer

Speak = Callable[[Callable[[Any], None]], Any]
EVERYTHING = [{"Field": "No", "Criteria": "*"}]


@pytest.fixture
def customers(nav: NavServer) -> Speak:
    """Runs what zeep, which blocks, has to say to the customer card in a thread of its own."""

    def run(talk: Callable[[Any], None]) -> None:
        with requests.Session() as session:
            session.auth = (nav.user, nav.key)
            url = f"{nav.soap_url}/{quote(nav.company)}/Page/Customer"
            talk(zeep.Client(url, transport=zeep.Transport(session=session)).service)

    return lambda talk: asyncio.to_thread(run, talk)


def create(service: Any, *names: str) -> list[Any]:
    made = [{"Name": name} for name in names]
    return list(service.CreateMultiple(Customer_List={"Customer": made}))


def fault(call: Callable[[], Any]) -> tuple[str, str]:
    """The exception type that NAV names, and its words."""
    with pytest.raises(zeep.exceptions.Fault) as told:
        call()
    return told.value.code.rpartition(".")[2], told.value.message


async def test_update_leaves_alone_what_is_not_given(customers: Speak) -> None:
    def talk(service: Any) -> None:
        (made,) = create(service, "Acme")
        service.Update(Customer={"Key": made.Key, "City": "York", "Phone_No": "1"})
        changed = service.Update(Customer={"Key": service.Read(No=made.No).Key, "City": "Hull"})
        assert (changed.Name, changed.City, changed.Phone_No) == ("Acme", "Hull", "1")
        emptied = service.Update(Customer={"Key": changed.Key, "Phone_No": ""})
        assert emptied.Phone_No is None

    await customers(talk)


async def test_update_renames(nav: NavServer, customers: Speak) -> None:
    series = nav.state.company.database.existing("No. Series", "CUST")
    nav.state.company.database.modify("No. Series", {**series, "Manual Nos.": True})

    def talk(service: Any) -> None:
        one, two = create(service, "Acme", "Brown")
        renamed = service.Update(Customer={"Key": one.Key, "No": "acme", "City": "York"})
        assert (renamed.No, renamed.Name, renamed.City) == ("ACME", "Acme", "York")
        assert service.Read(No=one.No) is None
        assert service.Read(No="ACME").Key == renamed.Key
        taken = fault(lambda: service.Update(Customer={"Key": two.Key, "No": "ACME"}))
        words = "The Customer already exists. Identification fields and values: No.='ACME'"
        assert taken == ("NavCSideDuplicateKeyException", words)
        assert service.Read(No=two.No).Key == two.Key

    await customers(talk)


async def test_a_key_is_of_one_version_of_one_record(customers: Speak) -> None:
    def talk(service: Any) -> None:
        one, two = create(service, "Acme", "Brown")
        assert one.Key != two.Key
        assert not service.IsUpdated(Key=one.Key)
        new = service.Update(Customer={"Key": one.Key, "City": "York"})
        assert service.IsUpdated(Key=one.Key)
        assert service.GetRecIdFromKey(Key=one.Key) == service.GetRecIdFromKey(Key=new.Key)
        stale = fault(lambda: service.Update(Customer={"Key": one.Key, "City": "Hull"}))
        assert stale == ("NavCSideRecordChangedException", "Other user has modified Customer.")
        both = [{"Key": two.Key, "City": "Bath"}, {"Key": one.Key, "City": "Bath"}]
        assert fault(lambda: service.UpdateMultiple(Customer_List={"Customer": both})) == stale
        assert service.Read(No=two.No).City is None, "all of UpdateMultiple or nothing"

    await customers(talk)


async def test_delete_by_key(customers: Speak) -> None:
    def talk(service: Any) -> None:
        one, two = create(service, "Acme", "Brown")
        assert service.Delete(Key=one.Key) is True
        assert [row.No for row in service.ReadMultiple(filter=EVERYTHING, setSize=0)] == [two.No]
        kind, words = fault(lambda: service.Delete(Key=one.Key))
        assert kind == "NavCSideRecordNotFoundException"
        assert f"No.='{one.No}'" in words
        assert fault(lambda: service.IsUpdated(Key=one.Key))[0] == kind
        assert fault(lambda: service.Delete(Key="nonsense"))[0] == "NavNCLEvaluateException"

    await customers(talk)


async def test_bookmarks_walk_both_ways(customers: Speak) -> None:
    def talk(service: Any) -> None:
        made = create(service, "A", "B", "C", "D", "E")

        def names(size: int, mark: str | None = None) -> list[str]:
            found = service.ReadMultiple(filter=EVERYTHING, bookmarkKey=mark, setSize=size)
            return [row.Name for row in found or []]

        assert names(2, made[1].Key) == ["C", "D"]
        assert names(0, made[3].Key) == ["E"]
        assert names(2, made[4].Key) == []
        assert names(-2) == ["E", "D"]
        assert names(-2, made[2].Key) == ["B", "A"]
        assert names(-9, made[0].Key) == []
        service.Update(Customer={"Key": made[1].Key, "City": "York"})
        assert names(1, made[1].Key) == ["C"], "a changed record is still a place to go on from"
        assert fault(lambda: names(1, "nonsense"))[0] == "NavNCLEvaluateException"

    await customers(talk)


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"Name": "x" * 51}, "NavNCLStringLengthExceededException", "is 51"),
        ({"Currency_Code": "XXX"}, "NavCSideValidateTableRelationException", "(Currency)"),
        ({"Last_Date_Modified": "2026-01-31"}, "NavNCLDialogException", "read-only"),
        ({"Credit_Limit_LCY": "1e30"}, "NavNCLEvaluateException", "convert"),
        ({"Invoice_Copies": 2**31}, "NavNCLEvaluateException", "convert"),
        ({"No": "MINE"}, "NavNCLDialogException", "manually"),
    ],
)
async def test_a_create_that_is_refused_says_why(
    customers: Speak, given: dict[str, Any], kind: str, words: str
) -> None:
    def talk(service: Any) -> None:
        told = fault(lambda: service.Create(Customer={"Name": "Acme", **given}))
        assert told[0] == kind
        assert words in told[1]
        assert not service.ReadMultiple(filter=EVERYTHING, setSize=0)

    await customers(talk)

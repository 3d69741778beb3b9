"""The change log over HTTP: off until it is switched on, then the only place that tells of deletions."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

CUSTOMER, NAME, PHONE = 18, 2, 9


async def rows(odata: httpx2.AsyncClient, address: str) -> list[dict[str, Any]]:
    answer = await odata.get(address)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


async def entries(odata: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return await rows(odata, "ChangeLogEntries?$orderby=Entry_No")


async def record(
    control: httpx2.AsyncClient, table: str, key: list[Any], **values: Any
) -> httpx2.Response:
    named = {name.replace("_", " "): value for name, value in values.items()}
    return await control.post("record", json={"table": table, "key": key, "values": named})


async def switch_on(control: httpx2.AsyncClient, **extent: str) -> None:
    done = await record(control, "Change Log Setup", [""], Change_Log_Activated=True)
    assert done.status_code == 200, done.text
    done = await record(control, "Change Log Setup (Table)", [CUSTOMER], **extent)
    assert done.status_code == 200, done.text


async def make(odata: httpx2.AsyncClient, name: str = "Acme Ltd") -> dict[str, Any]:
    answer = await odata.post("Customer", json={"Name": name})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_nothing_is_logged_unless_it_is_switched_on(odata: httpx2.AsyncClient) -> None:
    await make(odata)
    assert await entries(odata) == []


async def test_every_change_of_a_customer_is_told_field_by_field(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    await switch_on(
        control,
        Log_Insertion="All Fields",
        Log_Modification="All Fields",
        Log_Deletion="All Fields",
    )
    made = await make(odata)
    address = f"Customer('{made['No']}')"
    changed = await odata.patch(
        address, json={"Phone_No": "0161 496 0000"}, headers={"If-Match": made["@odata.etag"]}
    )
    assert changed.status_code == 200
    assert (await odata.delete(address)).status_code == 204
    found = await entries(odata)
    by_kind = {kind: [e for e in found if e["Type_of_Change"] == kind] for kind in ("Insertion", "Modification", "Deletion")}  # fmt: skip
    inserted = {e["Field_No"]: e for e in by_kind["Insertion"]}
    assert (inserted[NAME]["New_Value"], inserted[NAME]["Old_Value"]) == ("Acme Ltd", "")
    assert PHONE not in inserted
    phone = next(e for e in by_kind["Modification"] if e["Field_No"] == PHONE)
    assert (phone["Old_Value"], phone["New_Value"]) == ("", "0161 496 0000")
    assert (phone["Field_Caption"], phone["Table_Caption"]) == ("Phone No.", "Customer")
    assert phone["Primary_Key_Field_1_Value"] == made["No"]
    assert (phone["Primary_Key_Field_1_Caption"], phone["User_ID"]) == ("No.", "TIEOUT")
    gone = {e["Field_No"]: e for e in by_kind["Deletion"]}
    assert (gone[NAME]["Old_Value"], gone[NAME]["New_Value"]) == ("Acme Ltd", "")
    assert [e["Entry_No"] for e in found] == list(range(1, len(found) + 1))


async def test_some_fields_and_the_hands_of_the_accountant(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    await switch_on(control, Log_Modification="Some Fields")
    done = await record(
        control, "Change Log Setup (Field)", [CUSTOMER, NAME], Log_Modification=True
    )
    assert done.status_code == 200
    made = await make(odata)
    done = await record(control, "Customer", [made["No"]], Name="Acme plc", **{"Phone No.": "1"})
    assert done.status_code == 200, done.text
    (entry,) = await entries(odata)
    assert (entry["Old_Value"], entry["New_Value"]) == ("Acme Ltd", "Acme plc")
    assert (entry["User_ID"], entry["Primary_Key"]) == ("ACCOUNTANT", f"Field1=0({made['No']})")


async def test_what_is_refused_is_not_logged(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    await switch_on(control, Log_Insertion="All Fields")
    answer = await odata.post("Customer", json={"Name": "Acme", "Currency_Code": "XXX"})
    assert answer.status_code == 400
    assert await entries(odata) == []


async def test_entries_cannot_be_written(odata: httpx2.AsyncClient) -> None:
    answer = await odata.post("ChangeLogEntries", json={"Entry_No": 1})
    assert answer.status_code == 405


@pytest.mark.parametrize("number", [17, 99999])
async def test_a_table_whose_field_numbers_are_not_known_is_refused(
    control: httpx2.AsyncClient, number: int
) -> None:
    await record(control, "Change Log Setup", [""], Change_Log_Activated=True)
    answer = await record(control, "Change Log Setup (Table)", [number], Log_Insertion="All Fields")
    assert answer.status_code == 422
    assert "does not know the field numbers" in answer.text

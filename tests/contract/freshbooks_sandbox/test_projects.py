"""Projects and time entries: flat answers, moments in UTC, and a PUT that says the whole time entry."""

from __future__ import annotations

from typing import Any

import pytest

LOGGED = {"is_logged": True, "duration": 3600, "started_at": "2026-03-12T10:00:00Z"}


async def project(api: Any, title: str, **values: Any) -> Any:
    answer = await api.http.post(
        api.address("project"), json={"project": {"title": title, **values}}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["project"]


async def worked(api: Any, **values: Any) -> Any:
    body = {"time_entry": LOGGED | values}
    return (await api.http.post(api.address("time_entry"), json=body)).json()["time_entry"]


async def listed(api: Any, kind: str, query: str = "") -> tuple[dict[str, Any], list[Any]]:
    body = (await api.http.get(api.address(kind) + query)).json()
    plural = next(name for name in body if name != "meta")
    return body["meta"], [one["id"] for one in body[plural]]


async def test_a_project_answers_by_both_words(api: Any) -> None:
    made = await project(api, "Site", client_id=7)
    assert (made["created_at"], made["updated_at"]) == ("2026-03-12T16:00:00",) * 2
    assert made["group"]["pending_invitations"] is None
    singular = api.address("project", made["id"]).replace("/projects/", "/project/", 2)
    singular = singular.replace("/project/business", "/projects/business")
    for address in (api.address("project", made["id"]), singular):
        told = (await api.http.get(address)).json()
        assert (told["project"]["id"], len(told["abilities"])) == (made["id"], 22)
        assert told["project"]["group"]["pending_invitations"] == []
    changed = await api.http.put(singular, json={"project": {"title": "Shop"}})
    assert (changed.json()["project"]["title"], changed.json()["project"]["client_id"]) == (
        "Shop",
        7,
    )


async def test_a_deleted_project_is_gone(api: Any) -> None:
    made = await project(api, "Site")
    assert (await api.http.delete(api.address("project", made["id"]))).status_code == 204
    answer = await api.http.get(api.address("project", made["id"]))
    error = {"error": "Requested resource could not be found."}
    assert (answer.status_code, answer.json()) == (404, error)


async def test_projects_are_narrowed_and_sorted_by_bare_parameters(api: Any) -> None:
    beta = (await project(api, "Beta", client_id=7))["id"]
    await api.control("clock", advance_s=60)
    alpha = (await project(api, "Alpha", complete=True))["id"]
    for query, found in (
        ("", [alpha, beta]), ("?complete=True", [alpha]), ("?client_id=7", [beta]),
        ("?active=false", []), ("?internal=false", [alpha, beta]), ("?sort=title", [alpha, beta]),
        ("?sort=-title", [beta, alpha]), ("?updated_since=2026-03-12T16:00:30Z", [alpha]),
        ("?search[title]=Beta", [alpha, beta]), ("?sort=updated_at:asc", [beta, alpha]),
        ("?per_page=1&page=2", [beta]),
    ):  # fmt: skip
        assert (await listed(api, "project", query))[1] == found, query
    meta, _ids = await listed(api, "project", "?sort=nonsense")
    assert meta == {"sort": ["nonsense"], "total": 2, "per_page": 30, "page": 1, "pages": 1}


async def test_refusals_have_a_style_of_their_own(api: Any) -> None:
    answer = await api.http.post(api.address("project"), json={"project": {"client_id": 7}})
    expected = {"errno": 2001, "error": {"title": "field required"}}
    assert (answer.status_code, answer.json()) == (422, expected)
    answer = await api.http.get(api.address("time_entry") + "?updated_since=soon")
    assert answer.status_code == 422
    answer = await api.http.get(api.address("project"), headers={"Authorization": "Bearer no"})
    assert (answer.status_code, list(answer.json())) == (401, ["message"])
    answer = await api.http.get("/projects/business/1/projects")
    assert answer.status_code == 403


async def test_a_put_of_a_time_entry_says_all_of_it(api: Any) -> None:
    made = await worked(api, client_id=7, project_id=8, note="Draft", billable=False)
    assert (made["local_started_at"], made["local_timezone"]) == (
        "2026-03-12T10:00:00",
        "Europe/London",
    )
    address = api.address("time_entry", made["id"])
    changed = await api.http.put(address, json={"time_entry": LOGGED | {"note": "Done"}})
    told = changed.json()["time_entry"]
    assert (told["client_id"], told["project_id"], told["note"]) == (None, None, "Done")
    assert told["billable"] is False


@pytest.mark.parametrize("name", list(LOGGED))
async def test_what_a_time_entry_needs(api: Any, name: str) -> None:
    values = {one: value for one, value in LOGGED.items() if one != name}
    answer = await api.http.post(api.address("time_entry"), json={"time_entry": values})
    assert (answer.status_code, answer.json()["error"]) == (422, {name: "field required"})


async def test_time_entries_are_narrowed_by_bare_parameters(api: Any) -> None:
    first = (await worked(api, client_id=7))["id"]
    await api.control("clock", advance_s=60)
    late = "2026-03-13T10:00:00Z"
    second = (await worked(api, project_id=8, billable=False, started_at=late))["id"]
    await api.control("clock", advance_s=60)
    assert (await api.http.delete(api.address("time_entry", first))).status_code == 204
    for query, found in (
        ("", [second]), ("?include_deleted=true", [second, first]), ("?client_id=7", []),
        ("?client_id=7&include_deleted=true", [first]), ("?project_id=8", [second]),
        ("?billable=true", []), ("?started_from=2026-03-13T00:00:00Z", [second]),
        ("?started_to=2026-03-13T00:00:00Z&include_deleted=true", [first]),
        ("?updated_since=2026-03-12T16:01:30Z&include_deleted=true", [first]),
        ("?search[client_id]=7", [second]),
    ):  # fmt: skip
        assert (await listed(api, "time_entry", query))[1] == found, query


async def test_time_is_added_up_beside_the_list(api: Any) -> None:
    await worked(api, client_id=7, project_id=8)
    await worked(api, client_id=7, billed=True, started_at="2026-03-11T23:30:00Z")
    meta, _ids = await listed(api, "time_entry")
    assert (meta["per_page"], meta["total_logged"], meta["total_unbilled"]) == (2, 7200, 3600)
    (member,) = meta["total_logged_per_team_member"]
    assert [one["total_logged"] for one in member["total_logged_per_client"]] == [7200]
    assert [one["date"] for one in member["total_logged_per_day"]] == ["2026-03-11", "2026-03-12"]
    empty, _ids = await listed(api, "time_entry", "?client_id=9")
    assert (empty["total"], empty["pages"], empty["total_logged"]) == (0, 0, 0)

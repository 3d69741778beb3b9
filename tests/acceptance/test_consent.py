"""The consent of FreshBooks' owner: given when a pair is added, refused, and given anew without losing anything."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.acceptance.command_line import TIEOUT, CommandLine, sandbox
from tests.acceptance.stories import INVOICE, WORK, client, invoice
from tests.acceptance.world import World

from tieout.app.connect import renew
from tieout.app.host import utc_now
from tieout.app.listening import listening
from tieout.app.running import InputError, explained
from tieout.app.tie_out import tieout_text
from tieout.connectors.freshbooks.authorization import SCOPES
from tieout.core.failures import Unauthorized
from tieout.core.records.identity import Kind, Ref
from tieout.store.errors import StoreError
from tieout_sandboxes.people import browser, control, press

REDIRECT = "https://tieout.example/consent"
TOKENS = ("access_token", "refresh_token")


async def answered(
    tieout: CommandLine, *arguments: str, answer: Callable[[str], Awaitable[list[str]]]
) -> str:
    """Run a command that asks for consent, paste what ``answer`` makes of the address it prints; what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *TIEOUT,
        *arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=tieout.environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    address = ""
    while not address.startswith("http"):
        address = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    lines = await answer(address)
    out, log = await asyncio.wait_for(process.communicate("\n".join(lines).encode() + b"\n"), 30)
    tieout.keep(out.decode(), log.decode())
    assert process.returncode == 0, log.decode()
    return out.decode() + log.decode()


async def test_the_whole_journey_of_a_consent(tieout: CommandLine, tmp_path: Path) -> None:
    """The pair is added without tokens or ids; another consent ends the first; it is given anew and the work goes on."""
    with sandbox(tieout, "--control") as connection:
        url, source = connection["freshbooks"]["url"], tmp_path / "connection.json"
        known = {
            name: connection["freshbooks"][name] for name in ("url", "client_id", "client_secret")
        }
        pasted: list[str] = []
        async with browser() as http:

            async def accept(address: str) -> list[str]:
                back = (await press(http, address, "Accept")).headers["location"]
                code = parse_qs(urlsplit(back).query)["code"][0]
                pasted.extend((back, code))
                return ["nonsense with blanks", f"{REDIRECT}?code={code}&state=another", back]

            document = {**connection, "freshbooks": known}
            source.write_text(json.dumps(document), encoding="utf-8")
            missing = tieout("pair", "add", "main", "--from", str(source), ends=64)
            assert "settings.redirect_uri is missing" in missing
            document["settings"] = {"redirect_uri": REDIRECT}
            source.write_text(json.dumps(document), encoding="utf-8")
            said = await answered(
                tieout, "pair", "add", "main", "--from", str(source), answer=accept
            )
            assert "neither an address with a code in it nor a code" in said
            assert "its state differs" in said
            assert all(result["ok"] for result in tieout.json("pair", "check", "main"))
            taken = tieout("pair", "add", "main", "--from", str(source), ends=64)
            assert "tieout pair connect main" in taken

            await end_all_consents(http, connection["freshbooks"])
            assert "tieout pair connect" in tieout("sync", "main", ends=2)
            assert tieout.json("status", "main", ends=1)["needs_consent"]
            assert "pair connect main" in tieout("status", "main", ends=1)
            assert tieout.json("pair", "list")[0]["consent"] == "refused"
            said = await answered(tieout, "pair", "connect", "main", answer=accept)
            assert "connected to Sandbox Trading Ltd" in said
        assert tieout.json("sync", "main")["agreed"] == 5
        assert tieout.json("pair", "list")[0]["consent"] == "given"
        assert url
    everything = "\n".join(tieout.written)
    assert not [word for word in (known["client_secret"], *pasted) if word in everything]


async def end_all_consents(http: httpx2.AsyncClient, freshbooks: dict[str, Any]) -> None:
    """The owner authorises the same application elsewhere, and FreshBooks ends what was before."""
    url = str(freshbooks["url"])
    await control(http, url, "switches", {"reconsent_revokes": True})
    made = await control(http, url, "authorization_code", {"redirect_uri": REDIRECT})
    form = {name: freshbooks[name] for name in ("client_id", "client_secret")}
    form |= {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code": made["code"]}
    assert (await http.post(f"{url}/auth/oauth/token", data=form)).status_code == 200
    await control(http, url, "switches", {"reconsent_revokes": False})


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with browser() as alive:
        yield alive


async def revoke(world: World, http: httpx2.AsyncClient) -> None:
    """The owner disconnects the application in FreshBooks."""
    server = world.freshbooks_server
    stored = await world.installation.store.freshbooks_connection(world.pair)
    access, refresh, _ = await world.installation.tokens(stored.id).read()
    own = {"client_id": server.client_id, "client_secret": server.client_secret}
    for token in (access, refresh):
        await http.post(f"{server.url}/auth/oauth/revoke", data=own | {"token": token})


async def address_shown(capsys: pytest.CaptureFixture[str]) -> str:
    """The address that was printed."""
    while True:
        for line in capsys.readouterr().out.splitlines():
            if line.startswith("http"):
                return line
        await asyncio.sleep(0.02)


async def renewed(
    world: World,
    http: httpx2.AsyncClient,
    capsys: pytest.CaptureFixture[str],
    button: str = "Accept",
    follow: Callable[[str], Awaitable[None]] | None = None,
) -> tuple[str, int]:
    """Renew the consent with a port that the redirect leads to, as a browser would."""
    await world.person.control("switches", {"redirect_rule": "any"})
    with listening("127.0.0.1", 0) as door:
        back = f"http://127.0.0.1:{door.getsockname()[1]}/consent"
        document = {"settings": {"redirect_uri": back}}
        renewing = asyncio.ensure_future(renew(world.installation, world.pair, document, door))
        address = await address_shown(capsys)
        answer = await press(http, address, button)
        if follow is not None:
            await follow(answer.headers["location"])
        shown = await http.get(answer.headers["location"])
        assert "Tieout has received" in shown.text
        assert shown.headers["cache-control"] == "no-store"
        return await asyncio.wait_for(renewing, 20)


async def test_a_refused_consent_is_renewed_and_nothing_is_lost(
    world: World, http: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await client(world)
    await invoice(world, WORK)
    await revoke(world, http)
    await world.webhook(Ref(Kind.INVOICE, str(INVOICE)))
    with pytest.raises(Unauthorized, match="connect FreshBooks again") as refused:
        await world.settle()
    assert "tieout pair connect" in explained(refused.value)
    assert await world.states() == {"pending": 1}
    shown, waited = await renewed(world, http, capsys)
    assert (shown, waited) == ("Sandbox Trading Ltd", 1)
    await world.settle()
    assert await world.states() == {"agreed": 1}
    pair = await world.installation.store.pair("main")
    assert pair.settings["redirect_uri"].startswith("http://127.0.0.1:")


async def test_a_consent_that_is_older_than_a_check_is_told_in_the_tie_out(
    world: World, http: httpx2.AsyncClient
) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await narrowed(world, http, without="user:journal_entries:read")
    result = await world.tie_out()
    assert result.agrees
    assert [c.invariant for c in result.checks if c.not_compared] == ["I16", "I22"]
    assert "I22 was not compared" in tieout_text(result)
    assert "tieout pair connect" in tieout_text(result)


async def narrowed(world: World, http: httpx2.AsyncClient, without: str) -> None:
    """The owner has consented to all that Tieout asks for but this."""
    server, store = world.freshbooks_server, world.installation.store
    scope = " ".join(each for each in SCOPES if each != without)
    order = {"redirect_uri": REDIRECT, "scope": scope}
    made = await control(http, server.url, "authorization_code", order)
    form = {"client_id": server.client_id, "client_secret": server.client_secret}
    form |= {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code": made["code"]}
    told = (await http.post(f"{server.url}/auth/oauth/token", data=form)).json()
    tokens = world.installation.tokens((await store.freshbooks_connection(world.pair)).id)
    expires = utc_now() + timedelta(hours=12)
    _, spent, _ = await tokens.read()
    assert await tokens.write(told["access_token"], told["refresh_token"], expires, spent=spent)


async def test_only_the_answer_to_this_question_counts(
    world: World, http: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    async def strangers(location: str) -> None:
        for query in ("code=guessed", "code=guessed&state=guessed", "error=access_denied"):
            page = await http.get(f"{location.partition('?')[0]}?{query}")
            assert "another question" in page.text
        assert (await http.get(location.replace("/consent", "/elsewhere"))).status_code == 404

    assert (await renewed(world, http, capsys, follow=strangers))[0] == "Sandbox Trading Ltd"


async def test_a_declined_consent_changes_nothing(
    world: World, http: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unauthorized, match="access_denied"):
        await renewed(world, http, capsys, "Decline")
    await world.sync()
    assert not (await world.installation.store.freshbooks_connection(world.pair)).needs_consent


async def test_a_consent_for_another_business_is_not_stored(
    world: World, http: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    core = world.freshbooks_server.books.core
    mine = core.business
    core.business = replace(mine, account_id="other1", name="Another Ltd")
    with pytest.raises(InputError, match=r"covers other1 \(Another Ltd\)"):
        await renewed(world, http, capsys)
    core.business = mine
    await world.sync()


async def test_a_code_that_came_too_late_is_refused_and_said_so(
    world: World, http: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    async def wait(_location: str) -> None:
        await world.person.control("clock", {"advance_s": 301})

    with pytest.raises(Unauthorized, match=r"works once, for five minutes\); start again"):
        await renewed(world, http, capsys, follow=wait)


async def test_a_new_secret_and_tokens_from_a_file(world: World, http: httpx2.AsyncClient) -> None:
    """The secret of the application was replaced in FreshBooks' portal; no browser is needed where tokens are given."""
    server, grants = world.freshbooks_server, world.freshbooks_server.books.grants
    grants.client_secret = "replaced"
    await world.person.control("clock", {"advance_s": 50_000})
    with pytest.raises(Unauthorized, match=r"invalid_client .* client_id and client_secret"):
        await world.sync()
    assert (await world.installation.store.freshbooks_connection(world.pair)).needs_consent
    fresh = grants.issue()
    given: dict[str, Any] = {
        "client_secret": "replaced",
        "access_token": fresh.access_token,
        "refresh_token": fresh.refresh_token,
    }
    wrong = {"freshbooks": {**given, "account_id": "other1"}}
    with pytest.raises(InputError, match="another business is another pair"):
        await renew(world.installation, world.pair, wrong, None)
    await renew(world.installation, world.pair, {"freshbooks": given}, None)
    await world.sync()
    assert server.client_id


async def test_another_connections_application_is_not_taken(world: World) -> None:
    server = world.freshbooks_server
    store = world.installation.store
    nav = world.nav_server
    reached = {name: getattr(nav, name) for name in ("odata_url", "soap_url", "user", "key")}
    freshbooks = {"url": server.url, "client_id": "other", "client_secret": "x"}
    freshbooks |= {"account_id": server.account_id, "business_id": "1"}
    await store.add_pair(
        "second",
        freshbooks | dict.fromkeys(TOKENS, "x"),
        reached | {"company": "Another"},
        {"prefix": "F2"},
        {},
    )
    fresh = server.books.grants.issue()
    given = {"access_token": fresh.access_token, "refresh_token": fresh.refresh_token}
    given |= {"client_id": server.client_id, "client_secret": server.client_secret}
    with pytest.raises(StoreError, match="through that application already"):
        await renew(world.installation, await store.pair("second"), {"freshbooks": given}, None)

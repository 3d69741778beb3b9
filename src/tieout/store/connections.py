"""Pairs and how to reach their two sides. Credentials leave the database only through here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tieout.engine.ports import Pair
from tieout.store.database import Database, Row, Transaction, to_json
from tieout.store.errors import StoreError

DEFAULT_PREFIX = "FB"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# A key is <prefix>-<TYPE>-<id>-<revision>X in the 35 characters of External Document No.
PREFIX = re.compile(r"[A-Z0-9]{1,8}")
FRESHBOOKS_FIELDS = (
    "url",
    "client_id",
    "client_secret",
    "access_token",
    "refresh_token",
    "account_id",
    "business_id",
)
NAV_FIELDS = ("odata_url", "soap_url", "company", "user", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshbooksConnection:
    """How to reach one FreshBooks business; its tokens change and are read through ConnectionTokens."""

    id: int
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    account_id: str
    business_id: str
    needs_consent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NavConnection:
    """How to reach one NAV company; ``key`` is the web service access key of ``user``."""

    odata_url: str
    soap_url: str
    company: str
    user: str
    key: str = field(repr=False)


class Connections(Database):
    """Pairs, companies and connections."""

    async def add_pair(
        self,
        name: str,
        freshbooks: Mapping[str, Any],
        nav: Mapping[str, Any],
        settings: Mapping[str, Any],
        posting_setup: Mapping[str, Any],
    ) -> Pair:
        """Store a new pair; ``settings["prefix"]`` (default ``FB``) begins all its keys.

        ``freshbooks`` and ``nav`` are the two halves of what ``tieout sandbox`` prints; ``freshbooks["expires_at"]`` (a datetime) may be given.
        Raises StoreError when a name is missing, malformed or taken, when the business already feeds that company, or another pair does so by
        another route.
        """
        prefix = str(settings.get("prefix", DEFAULT_PREFIX)).upper()
        _check(name, prefix, freshbooks, nav)
        async with self.transaction() as tx:
            # Two pairs that are added at once take turns, so that what was free stays free.
            await tx.run("LOCK TABLE tieout.pair IN SHARE ROW EXCLUSIVE MODE")
            company_id = await _company(tx, nav)
            freshbooks_id = await self._freshbooks(tx, freshbooks)
            await _free(tx, name, prefix, company_id, freshbooks_id)
            await _one_route(tx, company_id, settings)
            row = await tx.row(
                """INSERT INTO tieout.pair (name, prefix, company_id, freshbooks_id, nav_id, settings)
                VALUES (:name, :prefix, :company, :freshbooks, :nav, CAST(:settings AS jsonb)) RETURNING *""",
                name=name,
                prefix=prefix,
                company=company_id,
                freshbooks=freshbooks_id,
                nav=await self._nav(tx, nav),
                settings=to_json(settings),
            )
            assert row is not None
            await _add_setup(tx, row.id, posting_setup)
            return pair_of(row)

    async def check_name(self, name: str) -> None:
        """Raise StoreError if a new pair cannot be named so."""
        _check_name(name)
        async with self.transaction() as tx:
            if await tx.row("SELECT id FROM tieout.pair WHERE name = :name", name=name):
                raise _taken(name)

    async def pair(self, name: str) -> Pair:
        """The pair of this name. Raises StoreError if there is none."""
        async with self.transaction() as tx:
            row = await tx.row("SELECT * FROM tieout.pair WHERE name = :name", name=name)
        if row is None:
            raise StoreError(f"There is no pair named {name!r}; see: tieout pair list")
        return pair_of(row)

    async def all_pairs(self) -> Sequence[Pair]:
        """Every pair, by name."""
        async with self.transaction() as tx:
            return [
                pair_of(row) for row in await tx.rows("SELECT * FROM tieout.pair ORDER BY name")
            ]

    async def pairs(self, company_id: int) -> Sequence[Pair]:
        """The pairs that feed one NAV company."""
        async with self.transaction() as tx:
            rows = await tx.rows(
                "SELECT * FROM tieout.pair WHERE company_id = :company ORDER BY id",
                company=company_id,
            )
        return [pair_of(row) for row in rows]

    async def posting_setups(self, pair: Pair) -> Mapping[int, Mapping[str, Any]]:
        """All versions of the posting setup; the highest is in force."""
        async with self.transaction() as tx:
            rows = await tx.rows(
                "SELECT version, content FROM tieout.posting_setup WHERE pair_id = :pair ORDER BY version",
                pair=pair.id,
            )
        return {row.version: row.content for row in rows}

    async def change_settings(self, pair: Pair, settings: Mapping[str, Any]) -> Sequence[str]:
        """Give a pair other settings, all of them; the prefix is part of every key and stays.

        The names of other pairs of the same company whose route changed with it: a company has one.
        """
        async with self.transaction() as tx:
            # As in add_pair: a pair that is added meanwhile waits.
            await tx.run("LOCK TABLE tieout.pair IN SHARE ROW EXCLUSIVE MODE")
            await tx.run(
                "UPDATE tieout.pair SET settings = CAST(:settings AS jsonb) WHERE id = :pair",
                pair=pair.id,
                settings=to_json({**settings, "prefix": pair.prefix}),
            )
            rows = await tx.rows(
                """UPDATE tieout.pair SET settings = settings || jsonb_build_object('route', CAST(:route AS text))
                WHERE company_id = :company AND coalesce(settings ->> 'route', 'gateway') <> :route RETURNING name""",
                company=pair.company_id,
                route=_route(settings),
            )
        return sorted(row.name for row in rows)

    async def change_posting_setup(self, pair: Pair, content: Mapping[str, Any]) -> int:
        """Put a new posting setup in force; the version it got. Earlier versions stay, since commands were decided under them."""
        async with self.transaction() as tx:
            await tx.lock_pair(pair.id)
            return await _add_setup(tx, pair.id, content)

    async def freshbooks_connection(self, pair: Pair) -> FreshbooksConnection:
        """How to reach the FreshBooks side of a pair."""
        async with self.transaction() as tx:
            row = await tx.row(
                """SELECT c.* FROM tieout.freshbooks_connection c JOIN tieout.pair p ON p.freshbooks_id = c.id
                WHERE p.id = :pair""",
                pair=pair.id,
            )
        assert row is not None, f"pair {pair.name} has no FreshBooks connection"
        return FreshbooksConnection(
            id=row.id,
            url=row.url,
            client_id=row.client_id,
            client_secret=self.secrets.open(
                row.client_secret, "freshbooks_connection", "client_secret", row.id
            ),
            account_id=row.account_id,
            business_id=row.business_id,
            needs_consent=row.needs_consent,
        )

    async def nav_connection(self, pair: Pair) -> NavConnection:
        """How to reach the NAV side of a pair."""
        async with self.transaction() as tx:
            row = await tx.row(
                """SELECT c.* FROM tieout.nav_connection c JOIN tieout.pair p ON p.nav_id = c.id
                WHERE p.id = :pair""",
                pair=pair.id,
            )
        assert row is not None, f"pair {pair.name} has no NAV connection"
        return NavConnection(
            odata_url=row.odata_url,
            soap_url=row.soap_url,
            company=row.company,
            user=row.user,
            key=self.secrets.open(row.access_key, "nav_connection", "access_key", row.id),
        )

    async def _freshbooks(self, tx: Transaction, given: Mapping[str, Any]) -> int:
        """The id of this connection, made if it is new.

        A known one keeps its stored tokens: they are newer than those of a file, since a refresh token works once. After a refused consent
        the given ones are taken.
        """
        known = await tx.row(
            """SELECT id, needs_consent FROM tieout.freshbooks_connection
            WHERE url = :url AND client_id = :client_id AND account_id = :account_id FOR UPDATE""",
            url=_address(given["url"]),
            client_id=str(given["client_id"]),
            account_id=str(given["account_id"]),
        )
        if known is not None and not known.needs_consent:
            return int(known.id)
        number = known.id if known else await _next_id(tx, "freshbooks_connection")
        await tx.run(
            """INSERT INTO tieout.freshbooks_connection
            (id, url, client_id, account_id, business_id, client_secret, access_token, refresh_token, expires_at)
            OVERRIDING SYSTEM VALUE
            VALUES (:id, :url, :client_id, :account_id, :business_id, :client_secret, :access_token, :refresh_token, :expires_at)
            ON CONFLICT (id) DO UPDATE SET client_secret = excluded.client_secret, access_token = excluded.access_token,
              refresh_token = excluded.refresh_token, expires_at = excluded.expires_at, needs_consent = false""",
            id=number,
            url=_address(given["url"]),
            **{name: str(given[name]) for name in ("client_id", "account_id", "business_id")},
            **{
                name: self.secrets.seal(str(given[name]), "freshbooks_connection", name, number)
                for name in ("client_secret", "access_token", "refresh_token")
            },
            expires_at=_time(given.get("expires_at")),
        )
        return int(number)

    async def _nav(self, tx: Transaction, given: Mapping[str, Any]) -> int:
        number = await _next_id(tx, "nav_connection")
        await tx.run(
            """INSERT INTO tieout.nav_connection (id, odata_url, soap_url, company, "user", access_key)
            OVERRIDING SYSTEM VALUE VALUES (:id, :odata_url, :soap_url, :company, :user, :access_key)""",
            id=number,
            odata_url=_address(given["odata_url"]),
            soap_url=_address(given["soap_url"]),
            company=str(given["company"]),
            user=str(given["user"]),
            access_key=self.secrets.seal(str(given["key"]), "nav_connection", "access_key", number),
        )
        return number


def pair_of(row: Row) -> Pair:
    """A row of table ``pair``."""
    return Pair(
        id=row.id,
        name=row.name,
        company_id=row.company_id,
        prefix=row.prefix,
        settings=row.settings,
    )


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise StoreError(
            f"{name!r} cannot name a pair; use up to 64 letters, digits, hyphens and underscores."
        )


def _check(name: str, prefix: str, freshbooks: Mapping[str, Any], nav: Mapping[str, Any]) -> None:
    _check_name(name)
    if not PREFIX.fullmatch(prefix):
        raise StoreError(
            f"Setting prefix is {prefix!r}; use 1 to 8 letters and digits, for example {DEFAULT_PREFIX}."
        )
    for side, given, names in (
        ("freshbooks", freshbooks, FRESHBOOKS_FIELDS),
        ("nav", nav, NAV_FIELDS),
    ):
        missing = [f"{side}.{field}" for field in names if not given.get(field)]
        if missing:
            raise StoreError(f"The connection lacks {', '.join(missing)}.")


async def _free(
    tx: Transaction, name: str, prefix: str, company_id: int, freshbooks_id: int
) -> None:
    """Raise StoreError if the new pair collides with one that is there."""
    for other in await tx.rows(
        "SELECT * FROM tieout.pair WHERE name = :name OR company_id = :company",
        name=name,
        company=company_id,
    ):
        if other.name == name:
            raise _taken(name)
        if other.prefix == prefix:
            raise StoreError(
                f"Pair {other.name!r} uses prefix {prefix} in this NAV company; "
                'give another one as setting "prefix".'
            )
        if other.freshbooks_id == freshbooks_id:
            raise StoreError(
                f"Pair {other.name!r} already feeds this NAV company from this FreshBooks business."
            )


async def _one_route(tx: Transaction, company_id: int, settings: Mapping[str, Any]) -> None:
    """Raise StoreError if another pair of the company takes another way into NAV: by pages nothing there knows of the gateway's epoch."""
    for other in await tx.rows(
        "SELECT * FROM tieout.pair WHERE company_id = :company", company=company_id
    ):
        route = _route(other.settings)
        if route != _route(settings):
            raise StoreError(
                f"Pair {other.name!r} writes to this NAV company with the route {route}, and a company has one;"
                f' give the setting "route": "{route}".'
            )


def _route(settings: Mapping[str, Any]) -> str:
    return str(settings.get("route", "gateway"))


def _taken(name: str) -> StoreError:
    return StoreError(
        f"A pair named {name!r} is there already; choose another name, or renew its consent: tieout pair connect {name}"
    )


async def _company(tx: Transaction, nav: Mapping[str, Any]) -> int:
    """The company that one of the two addresses leads to; by pages the one of SOAP is never used, and so may be any."""
    known = await tx.row(
        """SELECT p.company_id FROM tieout.nav_connection c JOIN tieout.pair p ON p.nav_id = c.id
        WHERE lower(c.odata_url) = lower(:address) AND lower(c.company) = lower(:company)
        ORDER BY p.id LIMIT 1""",
        address=_address(nav["odata_url"]),
        company=str(nav["company"]),
    )
    if known is not None:
        return int(known.company_id)
    identity = f"{_address(nav['soap_url'])}|{nav['company']}".lower()
    row = await tx.row(
        """INSERT INTO tieout.nav_company (identity) VALUES (:identity)
        ON CONFLICT (identity) DO UPDATE SET identity = excluded.identity RETURNING id""",
        identity=identity,
    )
    assert row is not None
    return int(row.id)


async def _add_setup(tx: Transaction, pair_id: int, content: Mapping[str, Any]) -> int:
    row = await tx.row(
        """INSERT INTO tieout.posting_setup (pair_id, version, content)
        SELECT :pair, coalesce(max(version), 0) + 1, CAST(:content AS jsonb) FROM tieout.posting_setup
        WHERE pair_id = :pair RETURNING version""",
        pair=pair_id,
        content=to_json(content),
    )
    assert row is not None
    return int(row.version)


async def _next_id(tx: Transaction, table: str) -> int:
    """The number a row will get, known before it is written: its secrets are sealed for it."""
    row = await tx.row(
        "SELECT nextval(pg_get_serial_sequence(:table, 'id')) AS id", table=f"tieout.{table}"
    )
    assert row is not None
    return int(row.id)


def _address(url: object) -> str:
    return str(url).strip().rstrip("/")


def _time(value: object) -> datetime | None:
    if value is None:
        return None
    when = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if when.tzinfo is None:
        raise StoreError(f"freshbooks.expires_at {value} has no time zone; write it in UTC with Z.")
    return when

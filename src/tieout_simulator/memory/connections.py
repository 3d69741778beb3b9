"""Pairs, their connections, consents and webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tieout.engine.ports import Pair
from tieout.store.callbacks import Callback
from tieout.store.connections import (
    DEFAULT_PREFIX,
    FreshbooksConnection,
    NavConnection,
    _address,
    _check,
    _check_name,
    _route,
    _taken,
    _time,
)
from tieout.store.errors import StoreError
from tieout_simulator.memory.tables import CompanyRow, FreshbooksRow, Memory, as_stored
from tieout_simulator.memory.tokens import MemoryTokens


class Connections(Memory):
    """See store.connections, store.consents and store.callbacks."""

    async def add_pair(
        self,
        name: str,
        freshbooks: Mapping[str, Any],
        nav: Mapping[str, Any],
        settings: Mapping[str, Any],
        posting_setup: Mapping[str, Any],
    ) -> Pair:
        """Store a new pair."""
        await self._turn()
        prefix = str(settings.get("prefix", DEFAULT_PREFIX)).upper()
        _check(name, prefix, freshbooks, nav)
        with self.transaction():
            company_id = self._company(nav)
            freshbooks_id = self._freshbooks(freshbooks)
            self._free(name, prefix, company_id, freshbooks_id)
            self._one_route(company_id, settings)
            pair = Pair(
                id=len(self.pairs_by_id) + 1,
                name=name,
                company_id=company_id,
                prefix=prefix,
                settings=as_stored(settings),
            )
            self.pairs_by_id.put(pair.id, pair)
            self.links_of_pairs.put(pair.id, (freshbooks_id, _nav(nav)))
            self.setups.put((pair.id, 1), as_stored(posting_setup))
            return pair

    def _company(self, nav: Mapping[str, Any]) -> int:
        for pair in self.pairs_by_id.values():
            known = self.links_of_pairs[pair.id][1]
            there = (known.odata_url.lower(), known.company.lower())
            if there == (_address(nav["odata_url"]).lower(), str(nav["company"]).lower()):
                return pair.company_id
        identity = f"{_address(nav['soap_url'])}|{nav['company']}".lower()
        for number, row in self.companies.items():
            if row.identity == identity:
                return number
        number = len(self.companies) + 1
        self.companies.put(number, CompanyRow(identity))
        return number

    def _freshbooks(self, given: Mapping[str, Any]) -> int:
        """A known connection keeps its tokens, unless its consent was refused."""
        row = FreshbooksRow(
            url=_address(given["url"]),
            client_id=str(given["client_id"]),
            account_id=str(given["account_id"]),
            business_id=str(given["business_id"]),
            client_secret=str(given["client_secret"]),
            access_token=str(given["access_token"]),
            refresh_token=str(given["refresh_token"]),
            expires_at=_time(given.get("expires_at")),
        )
        for number, known in self.consents.items():
            if (known.url, known.client_id, known.account_id) == (row.url, row.client_id, row.account_id):  # fmt: skip
                if known.needs_consent:
                    self.consents.put(number, row)
                return number
        number = len(self.consents) + 1
        self.consents.put(number, row)
        return number

    def _free(self, name: str, prefix: str, company_id: int, freshbooks_id: int) -> None:
        for other in self.pairs_by_id.values():
            if other.name == name:
                raise _taken(name)
            if other.company_id != company_id:
                continue
            if other.prefix == prefix:
                raise StoreError(
                    f"Pair {other.name!r} uses prefix {prefix} in this NAV company; "
                    'give another one as setting "prefix".'
                )
            if self.links_of_pairs[other.id][0] == freshbooks_id:
                raise StoreError(
                    f"Pair {other.name!r} already feeds this NAV company from this FreshBooks business."
                )

    def _one_route(self, company_id: int, settings: Mapping[str, Any]) -> None:
        for other in self.pairs_by_id.values():
            route = _route(other.settings)
            if other.company_id == company_id and route != _route(settings):
                raise StoreError(
                    f"Pair {other.name!r} writes to this NAV company with the route {route}, and a company has one;"
                    f' give the setting "route": "{route}".'
                )

    async def check_name(self, name: str) -> None:
        """Raise StoreError if a new pair cannot be named so."""
        _check_name(name)
        await self._turn()
        if any(pair.name == name for pair in self.pairs_by_id.values()):
            raise _taken(name)

    async def pair(self, name: str) -> Pair:
        """The pair of this name. Raises StoreError if there is none."""
        await self._turn()
        for pair in self.pairs_by_id.values():
            if pair.name == name:
                return pair
        raise StoreError(f"There is no pair named {name!r}; see: tieout pair list")

    async def all_pairs(self) -> Sequence[Pair]:
        """Every pair, by name."""
        await self._turn()
        return sorted(self.pairs_by_id.values(), key=lambda pair: pair.name)

    async def pairs(self, company_id: int) -> Sequence[Pair]:
        """The pairs that feed one NAV company."""
        await self._turn()
        return [pair for pair in self.pairs_by_id.values() if pair.company_id == company_id]

    async def posting_setups(self, pair: Pair) -> Mapping[int, Mapping[str, Any]]:
        """All versions of the posting setup; the highest is in force."""
        await self._turn()
        return {version: content for (of, version), content in self.setups.items() if of == pair.id}

    async def change_settings(self, pair: Pair, settings: Mapping[str, Any]) -> Sequence[str]:
        """Give a pair other settings, all of them; the prefix stays. The names of other pairs of the company whose route changed with it."""
        await self._turn()
        with self.transaction():
            kept = as_stored({**settings, "prefix": pair.prefix})
            self.pairs_by_id.put(pair.id, replace(self.pairs_by_id[pair.id], settings=kept))
            changed = []
            for other in list(self.pairs_by_id.values()):
                if other.company_id == pair.company_id and _route(other.settings) != _route(kept):
                    same = {**other.settings, "route": _route(kept)}
                    self.pairs_by_id.put(other.id, replace(other, settings=same))
                    changed.append(other.name)
            return sorted(changed)

    async def change_posting_setup(self, pair: Pair, content: Mapping[str, Any]) -> int:
        """Put a new posting setup in force; the version it got."""
        await self._turn()
        with self.transaction():
            version = max(version for of, version in self.setups if of == pair.id) + 1
            self.setups.put((pair.id, version), as_stored(content))
            return version

    async def freshbooks_connection(self, pair: Pair) -> FreshbooksConnection:
        """How to reach the FreshBooks side of a pair."""
        await self._turn()
        number = self.links_of_pairs[pair.id][0]
        row = self.consents[number]
        return FreshbooksConnection(
            id=number,
            url=row.url,
            client_id=row.client_id,
            client_secret=row.client_secret,
            account_id=row.account_id,
            business_id=row.business_id,
            needs_consent=row.needs_consent,
        )

    async def nav_connection(self, pair: Pair) -> NavConnection:
        """How to reach the NAV side of a pair."""
        await self._turn()
        return self.links_of_pairs[pair.id][1]

    def tokens(self, connection_id: int, owner: str, clock: Callable[[], datetime]) -> MemoryTokens:
        """The tokens of a FreshBooks connection, and the right to renew them."""
        return MemoryTokens(self, connection_id, owner, clock)

    async def renew_consent(
        self,
        pair: Pair,
        connection_id: int,
        given: Mapping[str, str],
        *,
        expires_at: datetime,
        redirect_uri: str,
        now: datetime,
    ) -> int:
        """Store a consent; how many documents waited for it, which are due now."""
        await self._turn()
        with self.transaction():
            row = self.consents[connection_id]
            taken = any(
                (other.url, other.account_id, other.client_id) == (row.url, row.account_id, given["client_id"])
                for number, other in self.consents.items()
                if number != connection_id
            )  # fmt: skip
            if taken:
                raise StoreError(
                    "Another pair reaches this business through that application already; give another client_id."
                )
            self.consents.put(
                connection_id,
                replace(
                    row,
                    client_id=given["client_id"],
                    client_secret=given["client_secret"],
                    access_token=given["access_token"],
                    refresh_token=given["refresh_token"],
                    expires_at=expires_at,
                    needs_consent=False,
                ),
            )
            settings = {**self.pairs_by_id[pair.id].settings, "redirect_uri": redirect_uri}
            self.pairs_by_id.put(pair.id, replace(self.pairs_by_id[pair.id], settings=settings))
            self.breakers.drop(("freshbooks", connection_id))
            return self._hurry(connection_id, now)

    def _hurry(self, connection_id: int, now: datetime) -> int:
        """What waits of the pairs that live on a connection is due at once."""
        waited = 0
        for (of, ref), row in list(self.inbox.items()):
            if self.links_of_pairs[of][0] == connection_id and row.unsettled:
                due_at = min(row.due_at, now)
                self.inbox.put((of, ref), replace(row, due_at=due_at, attempts=0))
                waited += 1
        return waited

    # ------------------------------------------------------------ webhooks

    async def add_callback(self, pair: Pair, callback_id: str, *, event: str, uri: str) -> None:
        """Note a webhook that was registered in FreshBooks."""
        await self._turn()
        with self.transaction():
            known = self._callback(pair, callback_id)
            self.callback_rows.put((pair.id, callback_id), replace(known, event=event, uri=uri))

    async def set_verifier(self, pair: Pair, callback_id: str, verifier: str) -> None:
        """Keep the secret that FreshBooks sent for a webhook, perhaps before its registration is known."""
        await self._turn()
        with self.transaction():
            known = self._callback(pair, callback_id)
            self.callback_rows.put((pair.id, callback_id), replace(known, verifier=verifier))

    async def callback_verified(self, pair: Pair, callback_id: str) -> None:
        """Deliveries may be trusted from now on."""
        await self._turn()
        if (pair.id, callback_id) in self.callback_rows:
            with self.transaction():
                known = self._callback(pair, callback_id)
                self.callback_rows.put((pair.id, callback_id), replace(known, verified=True))

    async def drop_callback(self, pair: Pair, callback_id: str) -> None:
        """Forget a webhook that is no longer registered."""
        await self._turn()
        with self.transaction():
            self.callback_rows.drop((pair.id, callback_id))

    async def callbacks(self, pair: Pair) -> Sequence[Callback]:
        """All webhooks of a pair."""
        await self._turn()
        return [row for (of, _), row in sorted(self.callback_rows.items()) if of == pair.id]

    def _callback(self, pair: Pair, callback_id: str) -> Callback:
        blank = Callback(callback_id=callback_id, event="", uri="", verifier="", verified=False)
        return self.callback_rows.get((pair.id, callback_id), blank)


def _nav(given: Mapping[str, Any]) -> NavConnection:
    return NavConnection(
        odata_url=_address(given["odata_url"]),
        soap_url=_address(given["soap_url"]),
        company=str(given["company"]),
        user=str(given["user"]),
        key=str(given["key"]),
    )

"""What persons adopted: entries of NAV that are FreshBooks documents, though Tieout posted none of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tieout.core.decision.plan import Role
from tieout.core.records.adoption import AdoptedEntry, Adoption
from tieout.core.records.identity import Ref
from tieout.engine.ports import Pair
from tieout.store.adoptions import entry_taken, posted_by_tieout
from tieout_simulator.memory.documents import Documents
from tieout_simulator.memory.tables import AdoptionRow, by_ref

WRITTEN = ("intended", "unknown", "done", "awaiting")


class Adoptions(Documents):
    """See store.adoptions."""

    async def adopt(self, pair: Pair, adoptions: Sequence[Adoption], *, now: datetime) -> int:
        """Store adoptions, all or none; one of the same documents takes the place of the earlier."""
        await self._turn()
        refs = {ref for each in adoptions for ref in each.refs}
        with self.transaction():
            for number in sorted(
                {n for n, row in self._standing(pair) if refs & {*row.adoption.refs}}
            ):
                self._take_back(number, by=adoptions[0].by, now=now)
            self._refuse(pair, adoptions)
            for each in adoptions:
                row = AdoptionRow(pair.id, _in_order(each))
                self.adoption_rows.put(len(self.adoption_rows) + 1, row)
            return self._look_again(pair, refs, now)

    async def adoptions(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Adoption]:
        """The adoptions of these documents, as far as they stand."""
        await self._turn()
        standing = {
            ref: row.adoption for _, row in self._standing(pair) for ref in row.adoption.refs
        }
        return {ref: standing[ref] for ref in refs if ref in standing}

    async def all_adoptions(self, pair: Pair) -> tuple[Adoption, ...]:
        """All that stand, in the order in which they were accepted."""
        await self._turn()
        return tuple(row.adoption for _, row in self._standing(pair))

    async def adopted_entries(
        self, pair: Pair, document_nos: Collection[str]
    ) -> tuple[AdoptedEntry, ...]:
        """The adopted entries of the company with these document numbers, whichever pair they are of."""
        await self._turn()
        entries = (e for row in self._of_company(pair) for e in row.adoption.entries)
        found = [entry for entry in entries if entry.document_no in document_nos]
        return tuple(sorted(found, key=lambda entry: entry.entry_no))

    async def withdraw_adoption(
        self, pair: Pair, ref: Ref, *, by: str, now: datetime
    ) -> Adoption | None:
        """Take the adoption of a document back, with all that it holds; they are looked at again."""
        await self._turn()
        with self.transaction():
            for number, row in self._standing(pair):
                if ref in row.adoption.refs:
                    self._take_back(number, by=by, now=now)
                    self._look_again(pair, row.adoption.refs, now)
                    return row.adoption
            return None

    def _standing(self, pair: Pair) -> list[tuple[int, AdoptionRow]]:
        return [(n, row) for n, row in self.adoption_rows.items() if row.stands and row.pair == pair.id]  # fmt: skip

    def _of_company(self, pair: Pair) -> list[AdoptionRow]:
        rows, pairs = self.adoption_rows.values(), self.pairs_by_id
        return [r for r in rows if r.stands and pairs[r.pair].company_id == pair.company_id]

    def _take_back(self, number: int, *, by: str, now: datetime) -> None:
        row = self.adoption_rows[number]
        self.adoption_rows.put(number, AdoptionRow(row.pair, row.adoption, by, now))

    def _refuse(self, pair: Pair, adoptions: Sequence[Adoption]) -> None:
        refs = {ref for each in adoptions for ref in each.refs}
        ours = {
            row.command.ref
            for row in self.command_rows.values()
            if row.pair == pair.id and row.command.role is Role.POST and row.state in WRITTEN
        }
        if ours & refs:
            raise posted_by_tieout(ours & refs)
        numbers = [no for each in adoptions for no in each.entry_nos]
        taken = {no for row in self._of_company(pair) for no in row.adoption.entry_nos}
        if taken & {*numbers} or len({*numbers}) < len(numbers):
            raise entry_taken(taken & {*numbers})

    def _look_again(self, pair: Pair, refs: Collection[Ref], now: datetime) -> int:
        seen = {ref for ref in refs if (pair.id, ref) in self.document_rows}
        return self.note(pair.id, seen, now, changed=True)


def _in_order(each: Adoption) -> Adoption:
    """Documents by their references, entries by their numbers, as the database gives them back."""
    return replace(
        each,
        documents=tuple(sorted(each.documents, key=lambda document: by_ref(document.ref))),
        entries=tuple(sorted(each.entries, key=lambda entry: entry.entry_no)),
    )

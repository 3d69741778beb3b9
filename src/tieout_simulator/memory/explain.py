"""All that is on record of one document."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core.explanation.dossier import Agreement, Content, Dossier, Sent
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair
from tieout_simulator.memory.commands import _stored
from tieout_simulator.memory.documents import Documents
from tieout_simulator.memory.tables import CommandRow, DocumentRow, by_ref


class Dossiers(Documents):
    """See store.explain."""

    async def dossier(self, pair: Pair, ref: Ref) -> Dossier | None:
        """All that is on record of a document or a client; None if it was never seen."""
        await self._turn()
        if ref.kind is Kind.CUSTOMER:
            return self._of_client(pair, ref)
        row = self.document_rows.get((pair.id, ref))
        return None if row is None else self._of_document(pair, ref, row)

    async def numbered(self, pair: Pair, number: str) -> Sequence[Ref]:
        """The documents with this FreshBooks number."""
        await self._turn()
        found = [
            ref
            for (of, ref), row in self.document_rows.items()
            if of == pair.id and row.shelf and number
            if row.shelf.number.upper() == number.upper()
        ]
        return sorted(found, key=by_ref)

    def _of_client(self, pair: Pair, ref: Ref) -> Dossier | None:
        no, sent = self.links.get((pair.id, ref), ""), self._sent(pair, ref)
        if not no and not sent:
            return None
        agreements = self._agreements(pair, ref)
        return Dossier(ref=ref, customer=ref.key, customer_no=no, agreements=agreements, sent=sent)

    def _of_document(self, pair: Pair, ref: Ref, row: DocumentRow) -> Dossier:
        shelf, waiting = row.shelf, self.inbox.get((pair.id, ref))
        client = Ref(Kind.CUSTOMER, shelf.customer if shelf else "")
        return Dossier(
            ref=ref,
            state=row.state,
            reason=row.reason,
            findings=row.findings,
            since=row.since,
            verified_at=row.verified_at,
            waits=waiting is not None and waiting.unsettled,
            number=shelf.number if shelf else "",
            customer=shelf.customer if shelf else "",
            customer_no=self.links.get((pair.id, client), ""),
            invoice=shelf.invoice if shelf else "",
            credit=shelf.credit if shelf else "",
            currency=shelf.currency if shelf else "",
            amount=shelf.amount if shelf else None,
            dated=shelf.dated if shelf else None,
            due_on=shelf.due_on if shelf else None,
            outstanding=shelf.outstanding if shelf else None,
            content=self._content(pair, ref),
            agreements=self._agreements(pair, ref),
            sent=self._sent(pair, ref),
            making=self._sent(pair, client),
        )

    def _content(self, pair: Pair, ref: Ref) -> Content | None:
        row = self.observation_rows.get((pair.id, ref))
        if row is None:
            return None
        seen = row.observation
        return Content(
            content=seen.content,
            hash=seen.hash,
            updated_at=seen.updated_at,
            deleted=seen.deleted,
            unlisted=row.unlisted,
        )

    def _agreements(self, pair: Pair, ref: Ref) -> tuple[Agreement, ...]:
        content = self._content(pair, ref)
        return tuple(
            Agreement(
                rule=rule,
                value=row.value,
                by=row.by,
                at=row.at,
                holds=not row.hash or (content is not None and content.hash == row.hash),
            )
            for (of, about, rule), row in sorted(self.approval_rows.items())
            if of == pair.id and about == ref
        )

    def _sent(self, pair: Pair, ref: Ref) -> tuple[Sent, ...]:
        return tuple(_as_sent(row) for row in self._in_order(pair) if row.command.ref == ref)


def _as_sent(row: CommandRow) -> Sent:
    return Sent(stored=_stored(row), intended_at=row.intended_at, hash=row.command.hash)

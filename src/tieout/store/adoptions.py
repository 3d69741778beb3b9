"""What persons adopted: entries of NAV that are FreshBooks documents, though Tieout posted none of them. Nothing is deleted; what is taken back is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieout.core.records.adoption import AdoptedDocument, AdoptedEntry, Adoption
from tieout.core.records.identity import Ref
from tieout.engine.ports import Pair
from tieout.store.database import Database, Row, Transaction, ref_of, refs_json, to_json
from tieout.store.errors import StoreError
from tieout.store.inbox import note

_NUMBERS = """
SELECT nextval(pg_get_serial_sequence('tieout.adoption', 'id')) AS id FROM generate_series(1, :count)
"""

_ADOPT = """
INSERT INTO tieout.adoption (id, pair_id, tier, score, reasons, note, by, at)
SELECT id, :pair, tier, score, reasons, note, by, at FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS new (id bigint, tier text, score int, reasons jsonb, note text, by text, at timestamptz)
"""

_DOCUMENTS = """
INSERT INTO tieout.adopted_document (adoption_id, pair_id, kind, key, substance, amount, currency)
SELECT adoption_id, :pair, kind, key, substance, amount, currency FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS new (adoption_id bigint, kind text, key text, substance text, amount numeric, currency text)
"""

_ENTRIES = """
INSERT INTO tieout.adopted_entry
  (adoption_id, company_id, entry_no, document_type, document_no, customer_no, amount, currency, posting_date)
SELECT adoption_id, :company, entry_no, document_type, document_no, customer_no, amount, currency, posting_date
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (adoption_id bigint, entry_no bigint, document_type text,
  document_no text, customer_no text, amount numeric, currency text, posting_date date)
"""

_OF_REFS = """
SELECT adoption_id AS id FROM tieout.adopted_document
WHERE pair_id = :pair AND stands AND (kind, key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

_STANDING = """
SELECT a.tier, a.score, a.reasons, a.note, a.by, a.at,
  (SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'key', d.key, 'substance', d.substance,
      'amount', d.amount::text, 'currency', d.currency) ORDER BY d.kind, length(d.key), d.key)
    FROM tieout.adopted_document d WHERE d.adoption_id = a.id) AS documents,
  (SELECT jsonb_agg(jsonb_build_object('entry_no', e.entry_no, 'document_type', e.document_type,
      'document_no', e.document_no, 'customer_no', e.customer_no, 'amount', e.amount::text,
      'currency', e.currency, 'posting_date', e.posting_date) ORDER BY e.entry_no)
    FROM tieout.adopted_entry e WHERE e.adoption_id = a.id) AS entries
FROM tieout.adoption a WHERE a.pair_id = :pair AND a.withdrawn_at IS NULL
"""

# What stands of an adoption is said with its documents and entries too, so that the database lets each be adopted once.
_WITHDRAW = """
WITH gone AS (UPDATE tieout.adoption SET withdrawn_by = :by, withdrawn_at = :now WHERE id = ANY (CAST(:ids AS bigint[]))),
documents AS (UPDATE tieout.adopted_document SET stands = false WHERE adoption_id = ANY (CAST(:ids AS bigint[])))
UPDATE tieout.adopted_entry SET stands = false WHERE adoption_id = ANY (CAST(:ids AS bigint[]))
"""

# What was or may have been written to NAV, or waits in one of its journals.
_OURS = """
SELECT DISTINCT kind, key FROM tieout.command
WHERE pair_id = :pair AND role = 'post' AND state IN ('intended', 'unknown', 'done', 'awaiting') AND (kind, key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

_TAKEN = """
SELECT e.entry_no FROM tieout.adopted_entry e
WHERE e.company_id = :company AND e.stands AND e.entry_no = ANY (CAST(:numbers AS bigint[]))
ORDER BY e.entry_no
"""

_NUMBERED = """
SELECT entry_no, document_type, document_no, customer_no, amount, currency, posting_date FROM tieout.adopted_entry
WHERE company_id = :company AND stands AND document_no = ANY (CAST(:nos AS text[])) ORDER BY entry_no
"""

_SEEN = """
SELECT kind, key FROM tieout.document
WHERE pair_id = :pair AND (kind, key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

# No command can be intended meanwhile: that holds the same row.
_LOCK = "SELECT id FROM tieout.nav_company WHERE id = :company FOR UPDATE"


class Adoptions(Database):
    """Which entries of NAV are which FreshBooks documents, because a person said so."""

    async def adopt(self, pair: Pair, adoptions: Sequence[Adoption], *, now: datetime) -> int:
        """Store adoptions, all or none; one of the same documents takes the place of the earlier. How many documents are looked at again.

        Raises StoreError for a document that Tieout has posted itself, and for an entry that is another's already.
        """
        refs = {ref for each in adoptions for ref in each.refs}
        async with self.transaction() as tx:
            await tx.lock_pair(pair.id)
            await tx.run(_LOCK, company=pair.company_id)
            await _withdraw(tx, await _ids(tx, pair, refs), by=_by(adoptions), now=now)
            await _refuse(tx, pair, adoptions)
            await _insert(tx, pair, adoptions)
            return await _look_again(tx, pair, refs, now)

    async def adoptions(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Adoption]:
        """The adoptions of these documents, as far as they stand."""
        if not refs:
            return {}
        async with self.transaction() as tx:
            ids = await _ids(tx, pair, refs)
            found = await tx.rows(f"{_STANDING} AND a.id = ANY (CAST(:ids AS bigint[]))", pair=pair.id, ids=ids) if ids else ()  # fmt: skip
        standing = {ref: one for one in map(_adoption, found) for ref in one.refs}
        return {ref: standing[ref] for ref in refs if ref in standing}

    async def all_adoptions(self, pair: Pair) -> tuple[Adoption, ...]:
        """All that stand, in the order in which they were accepted."""
        async with self.transaction() as tx:
            rows = await tx.rows(f"{_STANDING} ORDER BY a.id", pair=pair.id)
        return tuple(map(_adoption, rows))

    async def adopted_entries(
        self, pair: Pair, document_nos: Collection[str]
    ) -> tuple[AdoptedEntry, ...]:
        """The adopted entries of the company with these document numbers, whichever pair they are of."""
        nos = list(document_nos)
        async with self.transaction() as tx:
            rows = await tx.rows(_NUMBERED, company=pair.company_id, nos=nos)
        return tuple(AdoptedEntry(**row._asdict()) for row in rows)

    async def withdraw_adoption(
        self, pair: Pair, ref: Ref, *, by: str, now: datetime
    ) -> Adoption | None:
        """Take the adoption of a document back, with all that it holds; they are looked at again. None if it was not adopted."""
        async with self.transaction() as tx:
            await tx.lock_pair(pair.id)
            ids = await _ids(tx, pair, [ref])
            if not ids:
                return None
            row = await tx.row(f"{_STANDING} AND a.id = :id", pair=pair.id, id=ids[0])
            await _withdraw(tx, ids, by=by, now=now)
            adoption = _adoption(row)
            await _look_again(tx, pair, adoption.refs, now)
            return adoption


async def adopted_of(tx: Transaction, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
    """Which of these documents are adopted."""
    sql = _OF_REFS.replace("adoption_id AS id", "kind, key")
    return frozenset(map(ref_of, await tx.rows(sql, pair=pair.id, rows=refs_json(refs))))


async def _ids(tx: Transaction, pair: Pair, refs: Collection[Ref]) -> list[int]:
    rows = await tx.rows(_OF_REFS, pair=pair.id, rows=refs_json(refs))
    return sorted({row.id for row in rows})


async def _withdraw(tx: Transaction, ids: Sequence[int], *, by: str, now: datetime) -> None:
    if ids:
        await tx.run(_WITHDRAW, ids=ids, by=by, now=now)


async def _refuse(tx: Transaction, pair: Pair, adoptions: Sequence[Adoption]) -> None:
    refs = [ref for each in adoptions for ref in each.refs]
    ours = [ref_of(row) for row in await tx.rows(_OURS, pair=pair.id, rows=refs_json(refs))]
    if ours:
        raise posted_by_tieout(ours)
    numbers = [no for each in adoptions for no in each.entry_nos]
    taken = [r.entry_no for r in await tx.rows(_TAKEN, company=pair.company_id, numbers=numbers)]
    if taken or len(set(numbers)) < len(numbers):
        raise entry_taken(taken)


async def _insert(tx: Transaction, pair: Pair, adoptions: Sequence[Adoption]) -> None:
    ids = [row.id for row in await tx.rows(_NUMBERS, count=len(adoptions))]
    numbered = list(zip(ids, adoptions, strict=True))
    heads = [_head(number, each) for number, each in numbered]
    documents = [{"adoption_id": n, **_document(d)} for n, each in numbered for d in each.documents]
    entries = [{"adoption_id": n, **_entry(e)} for n, each in numbered for e in each.entries]
    await tx.run(_ADOPT, pair=pair.id, rows=to_json(heads))
    await tx.run(_DOCUMENTS, pair=pair.id, rows=to_json(documents))
    await tx.run(_ENTRIES, company=pair.company_id, rows=to_json(entries))


async def _look_again(tx: Transaction, pair: Pair, refs: Collection[Ref], now: datetime) -> int:
    """What was seen before is decided again; what was not will be, when it is."""
    seen = {ref_of(row) for row in await tx.rows(_SEEN, pair=pair.id, rows=refs_json(refs))}
    return await note(tx, pair.id, seen, now=now, cause="person", changed=True)


def posted_by_tieout(refs: Collection[Ref]) -> StoreError:
    """Why a document cannot be adopted."""
    named = ", ".join(sorted(map(str, refs)))
    return StoreError(f"{named}: posted by Tieout itself; only what others posted can be adopted.")


def entry_taken(numbers: Collection[int]) -> StoreError:
    """Why an entry cannot be adopted."""
    named = ", ".join(map(str, sorted(numbers))) or "one of them"
    return StoreError(f"NAV entry {named}: adopted as another document already; withdraw that.")


def _by(adoptions: Sequence[Adoption]) -> str:
    return adoptions[0].by if adoptions else ""


def _head(number: int, each: Adoption) -> dict[str, Any]:
    return {
        "id": number,
        "tier": each.tier,
        "score": each.score,
        "reasons": each.reasons,
        "note": each.note,
        "by": each.by,
        "at": each.at,
    }


def _document(each: AdoptedDocument) -> dict[str, Any]:
    return {
        "kind": each.ref.kind,
        "key": each.ref.key,
        "substance": each.substance,
        "amount": str(each.amount),
        "currency": each.currency,
    }


def _entry(each: AdoptedEntry) -> dict[str, Any]:
    return {
        "entry_no": each.entry_no,
        "document_type": each.document_type,
        "document_no": each.document_no,
        "customer_no": each.customer_no,
        "amount": str(each.amount),
        "currency": each.currency,
        "posting_date": each.posting_date,
    }


def _adoption(row: Row) -> Adoption:
    return Adoption(
        documents=tuple(map(_document_of, row.documents)),
        entries=tuple(map(_entry_of, row.entries)),
        tier=row.tier,
        score=row.score,
        reasons=tuple(row.reasons),
        by=row.by,
        at=row.at,
        note=row.note,
    )


def _document_of(told: Mapping[str, Any]) -> AdoptedDocument:
    return AdoptedDocument(
        ref=Ref.parse(f"{told['kind']}/{told['key']}"),
        substance=told["substance"],
        amount=Decimal(told["amount"]),
        currency=told["currency"],
    )


def _entry_of(told: Mapping[str, Any]) -> AdoptedEntry:
    day = date.fromisoformat(told["posting_date"])
    return AdoptedEntry(**{**told, "amount": Decimal(told["amount"]), "posting_date": day})

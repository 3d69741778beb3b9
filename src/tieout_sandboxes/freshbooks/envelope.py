"""The wrappers around every answer: `response.result.<name>` for one record, with page figures for a list.

Records arrive here already rendered, so that a page is put together by joining bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tieout_sandboxes.freshbooks.paging import Page

EMPTY = b'{"response":{}}'


def single(name: str, record: bytes) -> bytes:
    """One record: `{"response":{"result":{"client":{..}}}}`."""
    return b'{"response":{"result":{"%b":%b}}}' % (name.encode(), record)


def listing(name: str, records: Sequence[bytes], page: Page, total: int) -> bytes:
    """A page of records with `page`, `pages`, `per_page` and `total` beside them."""
    figures = b'"page":%d,"pages":%d,"per_page":%d,"total":%d' % (
        page.number,
        page.pages(total),
        page.size,
        total,
    )
    return b'{"response":{"result":{"%b":[%b],%b}}}' % (name.encode(), b",".join(records), figures)


def extended(record: bytes, extras: Sequence[tuple[str, bytes]]) -> bytes:
    """Adds already rendered members to an already rendered JSON object."""
    if not extras:
        return record
    members = b",".join(b'"%b":%b' % (name.encode(), value) for name, value in extras)
    return b"%b,%b}" % (record[:-1], members)


encode = msgspec.json.Encoder().encode

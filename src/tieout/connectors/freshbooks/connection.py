"""How to reach one FreshBooks business: address, application, account. Secrets do not show."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshbooksConnection:
    """``url`` is the API's origin without a slash at the end; ``account_id`` is in the paths of accounting, ``business_id`` in those of projects."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    account_id: str
    business_id: str
    redirect_uri: str = ""

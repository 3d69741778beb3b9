"""How to reach one NAV company: addresses, company, service user. The key does not show."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import quote

# What NAV leaves as it is in a path (it writes Company('CRONUS%20International%20Ltd.')).
PLAIN = "().,!*~"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavConnection:
    """``odata_url`` ends with ``/ODataV4``, ``soap_url`` with ``/WS``; ``key`` is the user's web service access key."""

    odata_url: str
    soap_url: str
    company: str
    user: str
    key: str = field(repr=False)

    @property
    def company_url(self) -> str:
        """The root of the company's entity sets."""
        name = quote(self.company.replace("'", "''"), safe=PLAIN + "'")
        return f"{self.odata_url}/Company('{name}')"

    def codeunit_url(self, service: str) -> str:
        """The address of a published codeunit."""
        return f"{self.soap_url}/{quote(self.company, safe=PLAIN)}/Codeunit/{service}"

    @property
    def headers(self) -> dict[str, str]:
        """Basic authentication (NAV: NavUserPassword with a web service access key)."""
        credentials = b64encode(f"{self.user}:{self.key}".encode()).decode()
        return {"authorization": f"Basic {credentials}"}

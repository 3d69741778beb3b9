"""Where sets and entities stand: the addresses in answers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from tieout_sandboxes.nav.odata.model import COMPANY
from tieout_sandboxes.nav.pages import Page

KEY_SAFE = "(),='"


@dataclass(frozen=True)
class Places:
    """`base` is the address of the endpoint, perhaps under another host than the one called."""

    base: str
    company: str

    def path(self, page: Page) -> str:
        """A set below the endpoint; pages stand below their company."""
        return page.service if page is COMPANY else f"{self._company()}{page.service}"

    def url(self, page: Page) -> str:
        """The address of a set."""
        return f"{self.base}/{self.path(page)}"

    def around(self, page: Page) -> str:
        """What the entities of a page stand below, with a slash at its end."""
        return f"{self.base}/" + ("" if page is COMPANY else self._company())

    def _company(self) -> str:
        name = self.company.replace("'", "''")
        return f"Company('{quote(name, safe=KEY_SAFE)}')/"

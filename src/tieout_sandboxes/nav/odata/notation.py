"""The seam between what is answered and how it is written: one notation per version and format.

Behind it there is one service: paths, filters, order, paging and writes are the same for V3 and
V4, for JSON and Atom.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from starlette.responses import Response

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata.failure import ODataError
from tieout_sandboxes.nav.odata.language import Language
from tieout_sandboxes.nav.odata.model import Model
from tieout_sandboxes.nav.odata.places import Places
from tieout_sandboxes.nav.odata.shape import Feed, Shape, Style

Headers = dict[str, str]


class Notation(ABC):
    """How one request is answered.

    `changed` is the status of a change, `verbs` are the methods it knows with what they do here,
    `associations` says whether it tells of links, `tunnels` whether a POST may carry another
    verb in its header, `sizes` whether a caller may ask for smaller pages.
    """

    language: Language
    style: Style
    headers: Headers
    changed: int
    verbs: dict[str, str]
    associations: bool
    tunnels: bool
    sizes: bool
    places: Places

    @abstractmethod
    def feed(self, feed: Feed) -> Response:
        """A set."""

    @abstractmethod
    def entity(self, shape: Shape, row: Row, status: int = 200) -> Response:
        """One entity."""

    @abstractmethod
    def service_document(self, model: Model) -> Response:
        """What is published."""

    @abstractmethod
    def metadata(self, model: Model) -> Response:
        """Of which types it is."""

    @abstractmethod
    def failure(self, error: ODataError, code: str) -> Response:
        """A refusal."""

    @abstractmethod
    def values(self, raw: bytes, kind: str) -> dict[str, Any]:
        """The properties in the body of a request; raises ODataError 400 where it has none."""

    @abstractmethod
    def same(self, given: str, tag: str) -> bool:
        """True if an If-Match names this ETag."""

    def empty(self, headers: Headers | None = None) -> Response:
        """204."""
        return Response(status_code=204, headers={**self.headers, **(headers or {})})

    def number(self, text: str) -> Response:
        """The answer to `$count`."""
        return Response(text, media_type="text/plain", headers=self.headers)

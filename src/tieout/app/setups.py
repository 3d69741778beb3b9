"""The posting setups that come with Tieout, and reading one from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale

from tieout.core.journal.reading import SetupError
from tieout.core.journal.setup import PostingSetup

DEFAULTS = {"GBP": "gb.json", "CAD": "ca.json"}


def default_setup(lcy: str) -> dict[str, Any]:
    """The setup for a NAV company with this local currency. Raises SetupError if none comes with Tieout."""
    if lcy not in DEFAULTS:
        raise SetupError(
            f"No posting setup comes with Tieout for local currency {lcy or '(unknown)'}; "
            f"give one under settings.posting_setup (there is one for {', '.join(DEFAULTS)})."
        )
    path = files("tieout.app") / "posting_setups" / DEFAULTS[lcy]
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def read_setup(content: Mapping[str, Any], version: int) -> PostingSetup:
    """The rules of a stored setup; the English country names of CLDR are known besides those that it lists itself."""
    countries = {**country_names(), **content.get("countries", {})}
    return PostingSetup.from_json({**content, "countries": countries}, version)


@cache
def country_names() -> Mapping[str, str]:
    """English country names to ISO 3166 two-letter codes (source: Unicode CLDR through Babel).

    >>> country_names()["United Kingdom"]
    'GB'
    """
    names = Locale("en").territories.items()
    return {name: code for code, name in names if len(code) == 2 and code.isalpha()}

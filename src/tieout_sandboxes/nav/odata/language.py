"""How OData writes literals, functions and options in a URL: V3 and V4 differ here.

Everything behind the words is the same: a filter, an order, a key mean what they mean.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Words = Callable[[str, str], bool]

_STRING = r"\s*(?:'(?P<string>(?:[^']|'')*)'"
_REST = r"|(?P<name>[^\W\d]\w*)|(?P<mark>[(),=]))"
_V4_TOKEN = re.compile(
    _STRING + r"|(?P<datetime>\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)"
    r"|(?P<date>\d{4}-\d{2}-\d{2})"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?![\w])" + _REST
)
_V3_TOKEN = re.compile(
    _STRING + r"|datetime'(?P<datetime>[^']*)'"
    r"|datetimeoffset'(?P<moment>[^']*)'"
    r"|guid'(?P<guid>[^']*)'"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?:[mMdDfFlL])?(?![\w-])" + _REST
)
_COMMON = ("$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$skiptoken", "$format")
_WORDS: dict[str, Words] = {"startswith": str.startswith, "endswith": str.endswith}


@dataclass(frozen=True)
class Language:
    """`tests` are the functions that say yes or no of two texts; `count` asks for the number."""

    token: re.Pattern[str]
    tests: Mapping[str, Words]
    count: str
    yes: str
    no: str
    date: str
    moment: str
    paths_in_expand: bool

    @property
    def options(self) -> tuple[str, ...]:
        """The query options that are understood."""
        return (*_COMMON, self.count)

    def literal(self, value: Any) -> str:
        """A value as it stands in a URL."""
        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        if isinstance(value, dt.datetime):
            text = value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
            return self.moment.format(text)
        if isinstance(value, dt.date):
            return self.date.format(value.isoformat())
        return str(value).lower() if isinstance(value, bool) else str(value)


V4 = Language(
    token=_V4_TOKEN,
    tests={**_WORDS, "contains": operator.contains},
    count="$count",
    yes="true",
    no="false",
    date="{}",
    moment="{}",
    paths_in_expand=False,
)


def _inside(part: str, whole: str) -> bool:
    return part in whole


def v3(substringof: str) -> Language:
    """OData V3; the specification and NAV's help order the arguments of `substringof` differently."""
    return Language(
        token=_V3_TOKEN,
        tests={
            **_WORDS,
            "substringof": _inside if substringof == "specification" else operator.contains,
        },
        count="$inlinecount",
        yes="allpages",
        no="none",
        date="datetime'{}T00:00:00'",
        moment="datetime'{}'",
        paths_in_expand=True,
    )

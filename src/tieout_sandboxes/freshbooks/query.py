"""The query string of a list: search keys, includes, sort and page, told apart once."""

from __future__ import annotations

from urllib.parse import parse_qsl


class Query:
    """What a request's query string asks for. Anything it does not understand it leaves alone."""

    def __init__(self, raw: str) -> None:
        self._bare: dict[str, str] = {}
        self.scalars: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {}
        self.includes: list[str] = []
        for name, value in parse_qsl(raw, keep_blank_values=True):
            self._take(name, value)

    def _take(self, name: str, value: str) -> None:
        if name in ("include[]", "include"):
            self.includes.append(value)
        elif name.startswith("search[") and name.endswith("][]"):
            self.lists.setdefault(name[7:-3], []).append(value)
        elif name.startswith("search[") and name.endswith("]"):
            self.scalars[name[7:-1]] = value
        else:
            self._bare[name] = value

    def bare(self, name: str) -> str | None:
        """A parameter outside of `search` and `include`, for example `page` or `sort`."""
        return self._bare.get(name)

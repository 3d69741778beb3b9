"""`$expand`: which navigation properties are shown with what stands at their end.

V4 puts the options of an expansion in brackets, `A($select=Code;$expand=B)`; V3 writes paths,
`$expand=A/B&$select=No,A/Code`. Both are read into the same form: a name and its own options.
"""

from __future__ import annotations

from tieout_sandboxes.nav.odata.failure import bad_request
from tieout_sandboxes.nav.odata.language import Language

Wanted = dict[str, dict[str, str]]


def wanted(options: dict[str, str], language: Language) -> Wanted:
    """The navigation properties to expand, each with its options; raises 400 if unreadable."""
    text = options.get("$expand", "")
    if language.paths_in_expand:
        return _paths(text, options.get("$select", ""))
    return dict(_bracketed(item) for item in _cut(text, ","))


def own_select(select: str, links: set[str]) -> str:
    """The part of `$select` that names properties of the page itself."""
    names = (name.strip() for name in select.split(","))
    return ",".join(name for name in names if name.partition("/")[0] not in links)


def _paths(expand: str, select: str) -> Wanted:
    found: Wanted = {}
    for path in filter(None, (part.strip() for part in expand.split(","))):
        name, _, rest = path.partition("/")
        _add(found.setdefault(name, {}), "$expand", rest)
    for path in (part.strip() for part in select.split(",")):
        name, _, rest = path.partition("/")
        if name in found:
            _add(found[name], "$select", rest)
    return found


def _add(options: dict[str, str], name: str, path: str) -> None:
    if path:
        options[name] = ",".join(filter(None, (options.get(name), path)))


def _bracketed(item: str) -> tuple[str, dict[str, str]]:
    name, bracket, rest = item.partition("(")
    if bracket and not rest.endswith(")"):
        raise bad_request(f"Syntax error in '{item}'.")
    pairs = [option.partition("=") for option in _cut(rest[:-1], ";")]
    if any(not mark or not option.startswith("$") for option, mark, _ in pairs):
        raise bad_request(f"Syntax error in '{item}'.")
    return name.strip(), {option: value for option, _, value in pairs}


def _cut(text: str, sign: str) -> list[str]:
    """Cuts at the sign where it stands outside brackets and quotes."""
    parts, depth, quoted = [""], 0, False
    for char in text:
        quoted ^= char == "'"
        depth += 0 if quoted else (char == "(") - (char == ")")
        if char == sign and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]

"""The documents say what the code does: commands and flags, exit codes, rules, fields, words, packages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperArgument, TyperGroup

from tieout.app import console
from tieout.app.cli import app
from tieout.app.setups import read_setup
from tieout.connectors.nav.codes import CodePage
from tieout.connectors.nav.setup import CODE_TABLES
from tieout.core import failures
from tieout.core.decision.plan import Role, State, Status
from tieout.core.journal.policies import ChargebackRule, PrepaymentRule, WriteOffRule
from tieout.core.journal.setup import (
    CustomerRule,
    LineRule,
    PaymentRule,
    PostingSetup,
    SalesTaxRule,
    TaxRule,
)
from tieout.core.records.identity import Kind

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "tieout" / "core"
GUIDE = ROOT / "docs" / "guide"
TOLD = (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *GUIDE.glob("*.md"))
NAV = ROOT / "src" / "tieout" / "connectors" / "nav"
RECONCILIATION = CORE / "reconciliation"
INTERRUPTED = 130


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_of(text: str) -> Iterator[str]:
    """What a document shows as code: fenced or indented lines, and spans between back-ticks."""
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line
        else:
            yield from re.findall(r"`([^`]+)`", line)


def commands_in(text: str, program: str) -> Iterator[list[str]]:
    """The words after every call of a program, up to what the shell would end it with."""
    for code in code_of(text):
        for piece in re.split(r"&&|[;|&>]|  +", code):
            found = re.fullmatch(rf"(?:\$ )?{re.escape(program)}((?: \S+)+)", piece.strip())
            if found and found[1].split()[0] != "...":
                yield found[1].split()


def problem_of(words: list[str]) -> str:
    """What the command line would not understand of these words; empty if it takes them."""
    command = typer.main.get_command(app)
    while words and isinstance(command, TyperGroup) and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    options = {name: p for p in command.params for name in p.opts if name.startswith("-")}
    plain = sum(isinstance(p, TyperArgument) for p in command.params)
    rest = iter(words)
    for word in rest:
        if word.startswith("--"):
            if word not in options:
                return f"{command.name} has no {word}"
            if not getattr(options[word], "is_flag", False):
                next(rest, None)
        elif (plain := plain - 1) < 0:
            return f"{command.name} does not take {word!r}"
    return ""


def table(text: str, *head: str) -> list[list[str]]:
    """The rows of all tables whose first columns are called so."""
    found, inside = [], False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[: len(head)] == list(head):
            inside = True
        elif inside and not cells[0].startswith("---"):
            found.append(cells)
    return found


def names_in(rows: list[list[str]]) -> list[str]:
    """All names in back-ticks of the first column."""
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_commands_that_are_told_exist(path: Path) -> None:
    for program in ("tieout", "./dev tieout"):
        for words in commands_in(text_of(path), program):
            assert not problem_of(words), f"{path.name}: {program} {' '.join(words)}"
    functions = {n.name for n in ast.parse(text_of(ROOT / "dev")).body if hasattr(n, "name")}
    for words in commands_in(text_of(path), "./dev"):
        assert words[0] in functions, f"{path.name}: ./dev {words[0]}"


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert problem_of(["reconcile", "main", "--as-of", "2026-10-31", "--json"]) == ""
    assert problem_of(["status", "main", "--quick"])
    assert problem_of(["pair", "forget", "main"])
    assert list(commands_in("```\n$ tieout held main && tieout sync main\n```", "tieout")) == [
        ["held", "main"],
        ["sync", "main"],
    ]


def test_every_command_is_told_of() -> None:
    told = "\n".join(text_of(path) for path in TOLD)
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for name in group.commands:
        assert f"tieout {name}" in told, f"no document tells of tieout {name}"


def test_exit_codes() -> None:
    codes = {console.TRUE, console.FALSE, console.UNKNOWN, console.USAGE}
    rows = table(text_of(GUIDE / "operate.md"), "code", "meaning")
    assert {int(row[0]) for row in rows} == codes | {INTERRUPTED}
    sentence = next(
        line for line in text_of(ROOT / "README.md").splitlines() if "end with 0" in line
    )
    assert {int(n) for n in re.findall(r"\d+", sentence)} == codes
    assert {int(n) for n in re.findall(r"\b\d+\b", str(console.__doc__))} == codes


def rules_of_core() -> set[str]:
    """The names of all findings: words in capitals that a call in journal or decision is given."""
    calls = [
        call
        for folder in ("decision", "journal")
        for path in (CORE / folder).glob("*.py")
        for call in ast.walk(ast.parse(text_of(path)))
        if isinstance(call, ast.Call)
    ]
    given = [part for call in calls for part in (*call.args, *(k.value for k in call.keywords))]
    words = {part.value for part in given if isinstance(part, ast.Constant)}
    return {w for w in words if isinstance(w, str) and re.fullmatch(r"[A-Z]{3,}(_[A-Z]+)*", w)}


def test_every_rule_is_explained() -> None:
    rows = table(text_of(GUIDE / "held-documents.md"), "rule", "what it means")
    assert len(rules_of_core()) > 20
    assert sorted(names_in(rows)) == sorted(rules_of_core())


def test_every_difference_is_explained() -> None:
    rows = table(text_of(GUIDE / "reconcile.md"), "difference", "meaning")
    code = "".join(text_of(path) for path in RECONCILIATION.glob("*.py"))
    assert sorted(names_in(rows)) == sorted(set(re.findall(r"\bBreak\.([A-Z_]+)", code)))


TYPES = {
    "str": "text",
    "int": "whole number",
    "Decimal": "number",
    "bool": "true or false",
    "AccountType": "text",
    "Aggregate": "text",
    "DiscountPolicy": "text",
    "tuple[str, ...]": "list of texts",
    "WriteOffRule | None": "rule",
    "ChargebackRule | None": "rule",
    "PrepaymentRule | None": "rule",
    "Mapping[str, str]": "names to codes",
    "tuple[tuple[str, str], ...]": "names to codes",
}


def told(field: Field[object]) -> list[str]:
    """How the guide must tell of a field: its name, type and default."""
    kind = TYPES.get(str(field.type), "list of rules")
    if field.default is MISSING:
        return [f"`{field.name}`", kind, "–"]
    plain = json.dumps(field.default) if isinstance(field.default, bool) else str(field.default)
    empty = field.default in ("", (), None)
    if is_dataclass(field.default):
        return [f"`{field.name}`", kind, "as below"]
    return [f"`{field.name}`", kind, "empty" if empty else f"`{plain}`"]


@pytest.mark.parametrize(
    ("heading", "rule"),
    [
        ("The setup", PostingSetup),
        ("A rule of `customers`", CustomerRule),
        ("A rule of `taxes`", TaxRule),
        ("A rule of `sales_taxes`", SalesTaxRule),
        ("A rule of `lines`", LineRule),
        ("A rule of `payments`", PaymentRule),
        ("The rule `write_off`", WriteOffRule),
        ("The rule `chargeback`", ChargebackRule),
        ("The rule `prepayment`", PrepaymentRule),
    ],
)
def test_the_fields_of_the_posting_setup(heading: str, rule: type) -> None:
    _, _, after = text_of(GUIDE / "posting-setup.md").partition(f"## {heading}\n")
    rows = table(after.partition("\n## ")[0], "field", "type", "default")
    assert [row[:3] for row in rows] == [told(field) for field in fields(rule)]
    assert all(row[3] for row in rows)


def test_the_example_of_a_posting_setup_can_be_read() -> None:
    example = re.search(r"```json\n(.*?)```", text_of(GUIDE / "posting-setup.md"), re.S)
    assert example
    assert read_setup(json.loads(example[1]), 1).countries["EIRE"] == "IE"


def test_the_values_of_the_words_are_in_the_glossary() -> None:
    lists: tuple[type[StrEnum], ...] = (Kind, State, Role, Status)
    values = [f"{each.__name__}.{member.name}" for each in lists for member in each]
    values += [f"Failure.{kind.__name__}" for kind in failures.Failure.__subclasses__()]
    rows = table(text_of(ROOT / "GLOSSARY.md"), "code name", "meaning")
    assert names_in(rows) == values


def test_the_packages_are_told_as_they_tell_of_themselves() -> None:
    rows = table(text_of(ROOT / "ARCHITECTURE.md"), "package", "what lives in it")
    inits = sorted(
        path
        for path in (ROOT / "src").rglob("__init__.py")
        if "migrations" not in path.parts
        and (path.is_relative_to(ROOT / "src" / "tieout") or len(path.relative_to(ROOT).parts) <= 4)
    )
    expected = [
        [f"`{path.parent.relative_to(ROOT / 'src')}`", str(doc).splitlines()[0]]
        for path in inits
        if (doc := ast.get_docstring(ast.parse(text_of(path))))
    ]
    assert rows == expected


def test_the_pages_that_nav_must_publish_are_named() -> None:
    """Tieout reads these entity sets and no other; the administrator publishes them under these names."""
    code = "".join(text_of(path) for path in NAV.rglob("*.py"))
    calls = re.findall(r"(?:_all\(odata,|odata\.rows(?:_of)?\()\s*\"(\w+)\"", code)
    ledgers = re.findall(r"\"(\w+(?:Entries|Journal))\"", code)
    rows = table(text_of(GUIDE / "getting-started.md"), "page", "service name")
    published = {name for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    assert published == {*calls, *ledgers, *CODE_TABLES, *CodePage}

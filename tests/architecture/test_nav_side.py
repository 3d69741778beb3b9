"""The source in nav/ cannot be compiled here; it is held to the contract by reading both."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tieout_sandboxes.nav.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
NAV = ROOT / "nav"
CONTRACT = (ROOT / "docs/protocols/gateway.md").read_text(encoding="utf-8")
SPAN = re.compile(r"`([^`]+)`")
LANGUAGES = ("cal", "al")


def section(title: str) -> str:
    """The text of the contract under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}.*?\n(.*?)(?=^#|\Z)", CONTRACT, re.M | re.S)
    assert found, f"the contract has no section {title}"
    return found[1]


def plain(text: str) -> str:
    """Without what stands in parentheses: remarks, and the values of an element."""
    return re.sub(r"\([^()]*\)", "", text)


@dataclass(frozen=True)
class Function:
    name: str
    parameters: tuple[tuple[str, str, bool], ...]
    result: str


def functions() -> list[Function]:
    found = []
    for name, inside, result in re.findall(r"^### (\w+)\((.*?)\)(?: -> (\w+))?$", CONTRACT, re.M):
        given = re.findall(r"(VAR )?(\w+): (\w+(?: \d+)?)", inside)
        parameters = tuple((n.lower(), kind.lower(), bool(var)) for var, n, kind in given)
        found.append(Function(name, parameters, result.lower()))
    return found


def ports() -> dict[int, list[str]]:
    """The elements of each XMLport, root first, in the order of the contract."""
    found = {50101: ["results", "Result", *results()]}
    for function in functions():
        for name, kind, _ in function.parameters:
            number = int(kind.split()[1]) if " " in kind else 0
            if number and number not in found:
                found[number] = request(function.name, name)
    return found


def request(function: str, root: str) -> list[str]:
    text = plain(section(f"{function}("))
    start = text.index(f"<{root}>")
    tag = re.findall(r"<(\w+)>", text[start:])[1]
    stop = text.rindex(f"</{tag}>")
    spans = SPAN.findall("`" + text[start:stop] + "`")
    names = [name for span in spans for name in re.findall(r"(?<!/)\b\w+", span)]
    return list(names)


def results() -> list[str]:
    found = re.search(r"^A result has: (.*?)\.$", CONTRACT, re.M | re.S)
    assert found
    return SPAN.findall(plain(found[1]))


def statuses() -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", section("Answers"), re.M)


def points() -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", section("Named commit points"), re.M)


def faults() -> set[str]:
    return set(re.findall(r"`(TIEOUT-[A-Z]+)`", CONTRACT))


def values() -> set[str]:
    """The fixed texts that elements may have."""
    document = section("Post(")
    given = " ".join(
        found[1]
        for name in ("DocumentType", "AccountType", "GenPostingType")
        if (found := re.search(rf"`{name}` \(([^)]*)\)", document))
    )
    return set(SPAN.findall(given))


@functools.cache
def source(language: str, kind: str, number: int) -> str:
    pattern = {"cal": f"cal/{kind}{number}.txt", "al": f"al/src/{kind.title()}{number}.*.al"}
    (path,) = NAV.glob(pattern[language])
    return path.read_text(encoding="ascii")


def codeunits(language: str) -> str:
    return source(language, "COD", 50100) + source(language, "COD", 50101)


def elements(language: str, number: int) -> list[str]:
    text = source(language, "XML", number)
    if language == "cal":
        return re.findall(r";(\w+) *;Element ;(?:Text|Table)", text)
    kinds = r'(?:text|table)element\("?(\w+)"?(?:; Integer)?\)(?:\s*\{\s*XmlName = \'(\w+)\')?'
    return [xml or name for name, xml in re.findall(kinds, text)]


@dataclass(frozen=True)
class Procedure:
    parameters: tuple[tuple[str, str, bool], ...]
    result: str
    public: bool
    body: str


HEADS = {
    "cal": re.compile(
        r"^    (LOCAL )?PROCEDURE (\w+)@\d+\((.*?)\)(?: \w+)?(?: : ([^;\n]+))?;\n(.*?)^    END;",
        re.M | re.S,
    ),
    "al": re.compile(
        r"^    (local )?procedure (\w+)\((.*?)\)(?: \w+)?(?:: ([^\n]+))?\n(.*?)^    end;",
        re.M | re.S,
    ),
}


def procedures(language: str, text: str) -> dict[str, Procedure]:
    found = {}
    for local, name, inside, result, rest in HEADS[language].findall(text):
        given = [re.sub(r"@\d+ ?", "", part).strip() for part in inside.split(";") if part]
        split = [re.fullmatch(r"(?i)(var )?\"?(\w+)\"?: (.+)", part) for part in given]
        parameters = tuple((s[2].lower(), s[3], bool(s[1])) for s in split if s)
        assert len(parameters) == len(given), f"{name}: {inside}"
        body = re.split(r"(?mi)^    begin\n", rest, maxsplit=1)[1]
        found[name] = Procedure(parameters, result.strip().lower(), not local, body)
    return found


def essence(body: str) -> str:
    """What is common to both languages: no comments, case, quotes, blanks or empty parentheses."""
    return re.sub(r"//[^\n]*|[\s\"]|\(\)", "", body).lower()


def ported(kind: str) -> str:
    """The type of a parameter as the contract names it."""
    number = re.fullmatch(r"(?i)xmlport (.+)", kind)
    if not number:
        return kind.lower()
    name = number[1].strip('"')
    if not name.isdigit():
        (path,) = NAV.glob(f"al/src/Xml*.{name.replace(' ', '')}.al")
        name = path.name[3:8]
    return f"xmlport {name}"


def test_the_contract_is_understood() -> None:
    """If the contract is written otherwise one day, these tests must not pass by finding nothing."""
    assert [f.name for f in functions()][:3] == ["Ping", "Find", "Claim"]
    assert sorted(ports()) == list(range(50100, 50108))
    assert len(statuses()) == len(points()) == 6
    assert len(faults()) == 3
    assert {"Credit Memo", "Bank Account", "Sale"} <= values()
    assert ports()[50103] == ["keys", "Key"]
    assert ports()[50100][:4] == ["documents", "Document", "Key", "Hash"]
    assert ports()[50100][-2:] == ["AppliesToDocNo", "Dimensions"]
    assert ports()[50105][-1] == "OnHold"
    assert ports()[50107][-1] == "DueDate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_service_offers_the_functions_of_the_contract_and_no_others(language: str) -> None:
    offered = {
        name: procedure
        for name, procedure in procedures(language, source(language, "COD", 50100)).items()
        if procedure.public
    }
    assert list(offered) == [function.name for function in functions()]
    for function in functions():
        procedure = offered[function.name]
        given = tuple((name, ported(kind), var) for name, kind, var in procedure.parameters)
        assert given == function.parameters
        assert procedure.result == function.result


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", sorted(ports()))
def test_elements_have_the_names_and_the_order_of_the_contract(language: str, number: int) -> None:
    assert elements(language, number) == ports()[number]
    assert f"urn:microsoft-dynamics-nav/xmlports/x{number}" in source(language, "XML", number)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [50100, 50102, 50104, 50105, 50106, 50107])
def test_every_element_is_read_and_used(language: str, number: int) -> None:
    records = {"Document", "Line", "Customer", "Application", "Hold", "Reversal", "Date"}
    names = [name for name in ports()[number][1:] if name not in records]
    handed_on = re.findall(r"Add(?:Each)?\('(\w+)'", source(language, "XML", number))
    assert handed_on == names
    used = source(language, "COD", 50101)
    assert [name for name in names if f"'{name}'" not in used] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_statuses_faults_and_values_are_those_of_the_contract(language: str) -> None:
    text = codeunits(language)
    words = {*statuses(), *values()}
    assert {word for word in words if f"'{word}'" not in text} == set()
    assert set(re.findall(r"TIEOUT-[A-Z]+", text)) == faults()


@pytest.mark.parametrize("language", LANGUAGES)
def test_ping_tells_what_the_contract_says(language: str) -> None:
    line = re.search(r"pairs separated by `;`: (.*)", section("Ping("))
    assert line
    names = SPAN.findall(plain(line[1]))
    body = procedures(language, source(language, "COD", 50100))["Ping"].body
    assert re.findall(r"(\w+)=", body) == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_come_in_the_order_of_the_commit_points(language: str) -> None:
    gateway, command = (source(language, "COD", number) for number in (50100, 50101))
    marks = re.compile(r"Commit point (\w+)")
    outer = marks.findall(gateway)
    inner = marks.findall(command)
    # RunOne, which commits, stands below Work, which calls it before the answer is ready.
    assert outer == [points()[0], points()[1], points()[5], points()[4]]
    assert inner == points()[2:4]


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_have_the_fields_of_the_contract(language: str) -> None:
    text = plain(section("Key rows"))
    wanted = [SPAN.findall(part) for part in text.split("Table 50101")]
    for number, names in zip((50100, 50101), wanted, strict=True):
        table = source(language, "TAB", number)
        fields = (
            re.findall(r"^    \{ \d+ +; +;(.+?) *;", table, re.M)
            if language == "cal"
            else re.findall(r'field\(\d+; "(.+?)"', table)
        )
        assert [name for name in fields if name != "Primary Key"] == names
    kinds = re.search(r"`Kind` \(([^)]*)\)", section("Key rows"))
    assert kinds
    assert kinds[1].replace(", ", ",") in source(language, "TAB", 50100)


@pytest.mark.parametrize("language", LANGUAGES)
def test_limits_are_those_of_the_contract(language: str) -> None:
    limits = section("Limits")
    commands = re.search(r"(\d+) commands", limits)
    seconds = re.search(r"(\d+) seconds", limits)
    assert commands
    assert seconds
    text = source(language, "COD", 50100)
    assert re.search(rf"> {commands[1]}\b", text)
    assert re.search(rf"> {seconds[1]}000\b", text)


@pytest.mark.parametrize(
    ("kind", "number"),
    [("COD", 50100), ("COD", 50101), *(("XML", number) for number in sorted(ports()))],
)
def test_both_languages_say_the_same(kind: str, number: int) -> None:
    """Who repairs one form repairs the other."""
    cal, al = (procedures(name, source(name, kind, number)) for name in LANGUAGES)
    assert list(cal) == list(al)
    for name in cal:
        assert essence(cal[name].body) == essence(al[name].body), name


def test_cal_text_can_be_imported() -> None:
    """C/SIDE wants its own code page and unique numbers of functions and variables."""
    for path in sorted(NAV.glob("cal/*.txt")):
        text = path.read_text(encoding="ascii")
        numbers = re.findall(r"PROCEDURE \w+@(\d+)", text)
        assert len(numbers) == len(set(numbers)), path.name
        assert text.count("{") == text.count("}"), path.name
    attributes = (NAV / "cal/.gitattributes").read_text(encoding="utf-8")
    assert "*.txt text eol=crlf" in attributes


def guide() -> str:
    return (NAV / "guide.md").read_text(encoding="utf-8")


def test_the_guide_publishes_what_is_read() -> None:
    rows = re.findall(r"^\| (\w+) \| (Page|Codeunit) \| (\d+) \|$", guide(), re.M)
    published = {name: int(number) for name, kind, number in rows if kind == "Page"}
    there = {name: page.number for name, page in PAGES.items()}
    assert published.items() <= there.items()
    texts = [path.read_text(encoding="utf-8") for path in (NAV.parent / "src/tieout").rglob("*.py")]
    read = {name for name in there if any(f'"{name}"' in text for text in texts)}
    assert read <= published.keys()
    assert ("TieoutGateway", "Codeunit", "50100") in rows


def test_the_guide_leads_from_the_contract_to_the_source() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| (?:`(\w+)` )?\|$", guide(), re.M)
    assert [row[0] for row in rows] == [function.name for function in functions()]
    for language, column in (("cal", 1), ("al", 2)):
        there = procedures(language, codeunits(language))
        assert all(row[column] in there for row in rows)
        assert all(row[3] in there for row in rows if row[3])

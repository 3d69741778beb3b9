"""The repository keeps its own rules: names, sizes, documents and tree agree."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
PRODUCT = SOURCE / "tieout"
MODULE_LINES_MAX = 500
# Words that say nothing; GLOSSARY.md has better ones. `data` stays allowed: a database has a folder of that name.
BANNED_WORDS = {
    "dedupe",
    "discrepancy",
    "helper",
    "helpers",
    "info",
    "util",
    "utils",
    "xref",
}
EXACT = ("core/records", "core/journal", "core/decision", "core/reconciliation")
# What would tie the repository to the machine of whoever wrote it. Put together here, so that this file passes itself.
FOREIGN = re.compile(
    "|".join(
        (
            "/(?:work|home|Users)" + r"/\w",
            "/root" + r"/\w",
            r"/opt/(?:py" + "pi|wheels)",
            "pypi" + r"\.org",
            "files" + r"\.pythonhosted",
            "registry" + r"\.npmjs",
        )
    )
)


@functools.cache
def committed() -> tuple[Path, ...]:
    """The files of the repository as git lists them; all but hidden ones where there is no git."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        found = (Path(folder) / name for folder, _, names in os.walk(ROOT) for name in names)
        return tuple(path for path in found if "/." not in str(path.relative_to(ROOT.parent)))
    return tuple(
        ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()
    )


def modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that is given in a module, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.arg(arg=name):
                yield name, node.lineno
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, node.lineno


def words(name: str) -> set[str]:
    """The words of a name, in snake or camel case."""
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def rows(text: str) -> Iterator[list[str]]:
    """The rows of all Markdown tables, without their heads."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and len(cells) > 1:
            yield cells


def defines(path: Path, name: str) -> bool:
    """Whether a module gives this name: a class, a function, a method, a variable."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return name in {found for found, _ in names(tree)}


def test_no_module_outgrows_its_thought() -> None:
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path, _ in modules(SOURCE)
    }
    assert not {path: size for path, size in sizes.items() if size > MODULE_LINES_MAX}


def test_every_package_says_what_lives_in_it() -> None:
    folders = {path.parent for path in SOURCE.rglob("*.py")} - {SOURCE}
    # Alembic finds its migrations by file, not as packages.
    folders = {folder for folder in folders if "migrations" not in folder.parts}
    for folder in sorted(folders):
        init = folder / "__init__.py"
        assert init.is_file(), f"{folder} has no __init__.py"
        text = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8")))
        assert text, f"{init} has no docstring"
        assert text.splitlines()[0].rstrip().endswith("."), f"{init}: a docstring is a sentence"


def test_no_name_says_nothing() -> None:
    empty = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, tree in modules(SOURCE)
        for name, line in names(tree)
        if words(name) & BANNED_WORDS
    ]
    assert not empty, "GLOSSARY.md has better words"


def test_money_is_exact() -> None:
    """No float and no round where amounts are: a binary fraction cannot hold a cent."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in EXACT
        for path, tree in modules(PRODUCT / folder)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in ("float", "round"))
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    # The delay before another try is no amount.
    pauses = ("src/tieout/core/decision/retry.py", "src/tieout/core/decision/breaker.py")
    assert [place for place in found if not place.startswith(pauses)] == []


def test_the_glossary_and_the_code_agree() -> None:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    places = re.findall(r"`([\w/]+\.py)::(\w+)`", text)
    assert len(places) > 20
    for path, name in places:
        file = (
            SOURCE if path.startswith(("tieout_sandboxes/", "tieout_simulator/")) else PRODUCT
        ) / path
        assert file.is_file(), f"GLOSSARY.md: there is no {path}"
        assert defines(file, name), f"GLOSSARY.md: {path} does not define {name}"


def test_each_word_has_one_meaning() -> None:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    terms = [cells[0].lower() for cells in rows(text) if cells[0] not in ("word", "code name")]
    assert len(terms) == len(set(terms)) > 20


def test_where_is_leads_somewhere() -> None:
    """The table "Where is ...?" of the README names files that are there."""
    readme = ROOT / "README.md"
    _, _, after = readme.read_text(encoding="utf-8").partition("Where is")
    table = after.partition("\n## ")[0]
    places = [place for cells in rows(table) for place in re.findall(r"`([\w./-]+)`", cells[1])]
    assert places, "README.md has no table Where is ...?"
    for place in places:
        found = [base / place for base in (ROOT, SOURCE, PRODUCT) if (base / place).exists()]
        assert found, f"README.md: there is no {place}"


def test_links_between_documents_lead_somewhere() -> None:
    for path in committed():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} links to {target}"


def test_every_decision_is_listed_and_whole() -> None:
    folder = ROOT / "docs" / "decisions"
    parts = re.findall(r"^## .+$", (folder / "template.md").read_text(encoding="utf-8"), re.M)
    index = (folder / "index.md").read_text(encoding="utf-8")
    pages = sorted(folder.glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert f"({page.name})" in index
        assert re.findall(r"^## .+$", text, re.M) == parts
        assert re.search(r"^Status: (proposed|accepted|replaced)", text, re.M)


def test_nothing_ties_the_repository_to_one_machine() -> None:
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines = enumerate(text.splitlines(), 1)
        found += [f"{path.relative_to(ROOT)}:{n}" for n, line in lines if FOREIGN.search(line)]
    assert not found


def test_what_is_locked_is_what_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = (ROOT / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()
    assert [line for line in wanted if line and not line.startswith("#")] == project["dependencies"]
    for name in ("runtime", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^[\w.\[\],-]+==\S+", text, re.M)
        hashed = re.findall(r"^[\w.\[\],-]+==.*\\\n    --hash=sha256:", text, re.M)
        assert len(pins) == len(hashed) > 20

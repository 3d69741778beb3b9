"""The machine that makes mistakes makes those it should, the same ones for the same seed, and plants them where the tests look."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutation.kept import Kept, Verdict, state
from mutation.operators import Mutant, mutants_of
from mutation.report import Judged, equivalents, report, summary
from mutation.sample import AREAS, ranked, shares
from mutation.touched import Measured
from mutation.workshop import SOURCE, Workshop

MODULE = b'''"""A module."""
from decimal import Decimal

Price = int | None
RATE = Decimal("1.5")


class Port(Protocol):
    def ask(self, limit: int = 5) -> str: ...


def f(a: int | None, b: list[str], *, word: str = "x") -> bool:
    """Says 1 < 2."""
    assert a > 0
    log.info("done", count=1)
    if a is None:
        raise ValueError(f"{a + 1}")
    b.append(word)
    total = a - 1
    return not total < 2 and max(a, total) > 3
'''


def made(source: bytes, operator: str = "") -> list[str]:
    """What each mutant changes, as ``before -> after``."""
    return [
        f"{mutant.right[mutant.start : mutant.end].decode()} -> {mutant.new}"
        for mutant in mutants_of("m.py", source)
        if operator in mutant.operator
    ]


@pytest.mark.parametrize(
    ("operator", "code", "changes"),
    [
        ("comparison", "x = a < b", ["< -> >="]),
        ("comparison", "x = a not in b", ["not in -> in"]),
        ("comparison", "x = (a) is (b)", ["is -> is not"]),
        ("boundary", "x = a <= b", ["<= -> <"]),
        ("boundary", "x = a == b", []),
        ("and/or", "x = a and b and c", ["and -> or", "and -> or"]),
        ("negation", "x = not a", ["not a -> (a)"]),
        ("negation", "x = -a", ["-a -> (a)"]),
        ("arithmetic", "x = a * b", ["* -> /"]),
        ("arithmetic", "x = f'{a}' + b", []),
        ("constant", "x = f(1, limit=True)", ["1 -> 2", "True -> False"]),
        ("constant", "x = Decimal('0.5')", ["'0.5' -> \"1.5\""]),
        ("constant", 'x = row["no"] == "yes"', ['"yes" -> "yesX"', '"no" -> "noX"']),
        ("constant", 'x = "said to a person"', []),
        ("return", "def f(): return a", ["a -> None"]),
        ("return", "def f() -> bool: return a", ["a -> not (a)"]),
        ("return", "def f() -> tuple[int, ...]: return a", ["a -> ()"]),
        ("return", "def f() -> tuple[int, str]: return a", ["a -> None"]),
        (
            "statement",
            "async def f():\n await g()\n a.b = 1",
            ["await g() -> pass", "a.b = 1 -> pass"],
        ),
        ("statement", "for a in b: continue", ["continue -> pass"]),
        ("forced", "if a: b()", ["a -> True", "a -> False"]),
        ("forced", "x = [a for a in b if a]", ["a -> True"]),
        ("min/max", "x = min(a, b)", ["min -> max"]),
        ("raise", "if a: raise B", ["raise B -> pass"]),
        ("except", "try: a()\nexcept B: c()", ["c() -> raise"]),
        ("except", "try: a()\nexcept B: raise C", []),
    ],
)
def test_an_operator_makes_its_mistakes(operator: str, code: str, changes: list[str]) -> None:
    assert made(code.encode(), operator) == changes


def test_what_no_test_could_notice_is_not_made() -> None:
    assert made(MODULE) == [
        '"1.5" -> "2.5"',
        "a is None -> True",
        "a is None -> False",
        "is -> is not",
        'raise ValueError(f"{a + 1}") -> pass',
        "b.append(word) -> pass",
        "- -> +",
        "1 -> 2",
        "not total < 2 and max(a, total) > 3 -> not (not total < 2 and max(a, total) > 3)",
        "and -> or",
        "not total < 2 -> (total < 2)",
        "< -> >=",
        "< -> <=",
        "2 -> 3",
        "> -> <=",
        "> -> >=",
        "max -> min",
        "3 -> 4",
    ]


def test_places_are_right_behind_letters_of_two_bytes() -> None:
    (mutant,) = mutants_of("m.py", 'x = "Größe", a < b\n'.encode())[:1]
    assert mutant.wrong.decode() == 'x = "Größe", a >= b\n'


def test_a_mutant_keeps_its_key_when_other_lines_change() -> None:
    moved = MODULE.replace(b"RATE", b"import os\n\nRATE")
    assert [m.key for m in mutants_of("m.py", moved)] == [m.key for m in mutants_of("m.py", MODULE)]
    assert len({m.key for m in mutants_of("m.py", MODULE + MODULE)}) == 2 * len(made(MODULE))


def test_a_test_concerns_a_mutant_whose_lines_it_runs() -> None:
    (inside,) = mutants_of("a/m.py", b"def f():\n    return a\n")
    runs, beside, far = (
        Measured(name, 1.0, lines)
        for name, lines in (
            ("runs", {"a/m.py": [2]}),
            ("beside", {"a/m.py": [9]}),
            ("far", {"b/n.py": [2]}),
        )
    )
    assert [test.concerns(inside) for test in (runs, beside, far)] == [True, False, False]
    moved = beside._replace(changed=frozenset({"a/m.py"}))
    assert moved.concerns(inside), "its lines are not known any more"


def test_a_sign_on_a_line_of_its_own_concerns_what_runs_the_lines_beside_it() -> None:
    code = b"def f():\n    return (\n        a\n        or (\n            b\n        )\n    )\n"
    (sign,) = [mutant for mutant in mutants_of("a/m.py", code) if mutant.new == "and"]
    assert [Measured("t", 1.0, {"a/m.py": [line]}).concerns(sign) for line in (2, 3, 4, 5)] == [
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize("code", [b"x = a < b", b"def f():\n    return a\nx = [f()]"])
def test_what_is_made_at_import_concerns_every_test_the_nearest_first(code: bytes) -> None:
    mutant = mutants_of("a/m.py", code)[0]
    assert mutant.at_import
    touched: tuple[dict[str, list[int]], ...] = ({"a/m.py": [9]}, {"a/n.py": [2]}, {})
    tests = [Measured(str(number), 1.0, lines) for number, lines in enumerate(touched)]
    assert all(test.concerns(mutant) for test in tests)
    assert [test.distance(mutant) for test in tests] == [1, 2, 3]


def sample(seed: int) -> list[str]:
    return [mutant.key for mutant in ranked(SOURCE, "tieout/engine", seed)[:40]]


def test_the_same_seed_chooses_the_same() -> None:
    assert sample(1) == sample(1)
    assert len(set(sample(1)) & set(sample(2))) < 20


def test_each_area_has_its_share() -> None:
    assert shares(160) == dict.fromkeys(AREAS, 40)
    assert sum(shares(150).values()) == 150
    assert min(shares(150).values()) >= 30


def test_what_is_called_equivalent_is_still_there() -> None:
    keys = {mutant.key for area in AREAS for mutant in ranked(SOURCE, area, 1)}
    assert equivalents() <= keys


def one(path: str, text: str) -> Mutant:
    return next(
        m for m in mutants_of(path, (SOURCE / path).read_bytes()) if text in m.right[m.start : m.end].decode()
    )  # fmt: skip


def test_programs_in_the_workshop_find_the_mistake_and_ours_stays_whole(tmp_path: Path) -> None:
    path = "tieout/core/journal/numbers.py"
    mutant, before = one(path, "ref.kind is Kind.PAYMENT"), (SOURCE / path).read_bytes()
    shop = Workshop(tmp_path)
    tests = ("pytest", "-q", "-p", "no:cacheprovider", "tests/unit/core/test_decide.py")
    assert shop.run(*tests, limit_s=60).code == 0
    with shop.planted(mutant):
        assert shop.run(*tests, limit_s=60).code == 1
        assert (SOURCE / path).read_bytes() == before
    assert (shop.source / path).read_bytes() == before


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    assert (
        Workshop(tmp_path).run("timeit", "-s", "import time", "time.sleep(9)", limit_s=0.5).code
        is None
    )


def test_what_has_survived_is_tried_again_once_a_test_was_changed(tmp_path: Path) -> None:
    mutant = ranked(SOURCE, "tieout/engine", 1)[0]
    kept = Kept(tmp_path / "kept.json", resume=True)
    kept.verdict(mutant).passed.update(unit=state("unit"), properties="of another day")
    kept.save()
    verdict = Kept(tmp_path / "kept.json", resume=True).verdict(mutant)
    assert (verdict.has_passed("unit"), verdict.has_passed("properties")) == (True, False)
    assert not Kept(tmp_path / "kept.json", resume=False).verdict(mutant).passed


def test_a_stopped_workshop_runs_nothing_to_its_end(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    shop.stop()
    ended = shop.run("timeit", "-s", "import time", "time.sleep(9)", limit_s=60)
    assert ended.code not in (0, None)


def test_the_report_counts_and_shows_what_survived() -> None:
    first, second, third = ranked(SOURCE, "tieout/engine", 1)[:3]
    judged = [
        Judged(first, Verdict("caught", "unit", "test_a")),
        Judged(second, Verdict()),
        Judged(third, Verdict("equivalent")),
    ]
    found = summary(judged)
    assert (found["caught"], found["survived"], found["equivalent"]) == (1, 1, 1)
    assert (found["percent"], found["good"]) == (50, False)
    assert found["areas"]["tieout/engine"]["mutants"] == 3
    assert [survivor["key"] for survivor in found["survivors"]] == [second.key]
    assert second.diff in report(judged)
    assert summary(judged[:1])["good"]

"""Measure the books check on made-up firms, from the root of the repository: ``python -m tests.books``. Ends 0 if all targets are met."""

from __future__ import annotations

import argparse
import sys

from tests.books.measure import Figures, measure

RECALL, PRECISION, NAMING = 0.99, 0.999, 0.98


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--documents", type=int, default=2000)
    asked = parser.parse_args()
    whole = Figures()
    for seed in range(asked.first, asked.first + asked.firms):
        one = measure(seed, asked.documents)
        whole.add(one)
        print(line(f"firm {seed}", one))
    print(line("all", whole))
    for kind, count in sorted(whole.planted.items()):
        named, told, false = whole.named[kind], whole.told[kind], whole.false[kind]
        print(
            f"  {kind:15} planted {count:5}  named {named:5} {named / count:7.2%}  told {told:5}  not planted {false:4}"
        )
    met = whole.recall >= RECALL and whole.precision >= PRECISION and whole.naming >= NAMING
    print("All targets are met." if met else "Not all targets are met.")
    return 0 if met else 1


def line(name: str, figures: Figures) -> str:
    return (
        f"{name:8} {figures.documents:6} documents  matches found {figures.recall:7.2%}  of those made true {figures.precision:8.3%}"
        f"  errors named {figures.naming:7.2%}  of those told planted {figures.truth_of_naming:7.2%}  {figures.seconds:5.1f} s"
    )


if __name__ == "__main__":
    sys.exit(main())

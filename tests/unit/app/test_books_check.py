"""What the books check is told on the command line, before anything is opened."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tieout.app.cli import app
from tieout.app.reporting.csv_file import safe
from tieout.app.running import InputError


def said(*arguments: str) -> str:
    """How a wrong command line is answered."""
    ended = CliRunner().invoke(app, ["check", "main", *arguments])
    assert isinstance(ended.exception, InputError), ended.output
    return str(ended.exception)


DAYS = ("--from", "2026-01-01", "--to", "2026-12-31")


def test_days_must_be_days_in_order() -> None:
    assert "in this order" in said("--from", "2026-02-01", "--to", "2026-01-31")
    assert "'soon' is not a day" in said("--from", "soon", "--to", "2026-01-31")


@pytest.mark.parametrize("name", ["books.doc", "books"])
def test_a_report_has_a_known_ending(name: str, tmp_path: Path) -> None:
    assert ".csv, .pdf, .xlsx" in said(*DAYS, "--report", str(tmp_path / name))


def test_a_report_goes_into_a_folder_that_is_there(tmp_path: Path) -> None:
    assert "no such folder" in said(*DAYS, "--report", str(tmp_path / "nowhere" / "books.pdf"))


def test_no_text_of_others_becomes_a_formula() -> None:
    assert safe('=HYPERLINK("x")') == '\'=HYPERLINK("x")'
    assert safe("+44 20 7946") == "'+44 20 7946"
    assert safe("-12.50") == "-12.50"
    assert safe(Decimal("-12.50")) == "-12.50"

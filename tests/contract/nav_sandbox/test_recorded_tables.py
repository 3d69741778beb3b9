"""The tables of this server, held against the fields known of NAV 2018's own tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tieout_sandboxes.nav.business.relations import related
from tieout_sandboxes.nav.business.tables import TABLES

FACTS = Path(__file__).resolve().parents[4] / "shared/fixtures/nav/nav2018_tables.json"
pytestmark = pytest.mark.skipif(not FACTS.is_file(), reason=f"no table facts: {FACTS} is absent")


def test_fields_are_those_of_the_real_tables() -> None:
    known = json.loads(FACTS.read_text())
    wrong, compared = [], 0
    for table in TABLES:
        fields = known.get(str(table.number), {"fields": {}})["fields"]
        real = {fact["name"]: fact for fact in fields.values()}
        for field in table.fields if real else ():
            fact = real.get(field.name)
            captions = (fact or {}).get("option_captions_enu", "")
            options = tuple(caption.strip() or " " for caption in captions.split(","))
            if fact is None or field.options != (options if captions else ()):
                wrong.append(f"{table.name}.{field.name}")
            elif field.length and fact["type"] != f"{field.type}{field.length}":
                wrong.append(f"{table.name}.{field.name}: {fact['type']}")
            compared += 1
    assert wrong == []
    assert compared > 150


def test_fields_name_the_tables_that_they_name_in_nav() -> None:
    """Every plain TableRelation to a table of this server, but those between entries and dimension sets."""
    known = {table["name"]: table["fields"] for table in json.loads(FACTS.read_text()).values()}
    entries = {table.name for table in TABLES if table.name.endswith("Entry")}
    kept = {table.name for table in TABLES} - entries
    compared = 0
    for table in (table for table in TABLES if table.name in known):
        for field in table.fields:
            fact = known[table.name].get(field.name, {}).get("relation", "").strip('"')
            wanted = fact if fact in kept else ""
            assert related(table.name, field.name) == wanted, f"{table.name}.{field.name}"
            compared += wanted != ""
    assert compared > 80

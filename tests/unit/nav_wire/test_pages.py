"""Pages and tables are written down twice, by two hands; here they are held to each other."""

from __future__ import annotations

import pytest

from tieout_sandboxes.nav.business.tables import TABLES
from tieout_sandboxes.nav.pages import PAGES, columns

BY_NAME = {table.name: table for table in TABLES}


@pytest.mark.parametrize("service", PAGES)
def test_a_page_shows_the_fields_of_its_table_as_they_are(service: str) -> None:
    page = PAGES[service]
    table = BY_NAME[page.table]
    assert page.key == table.primary_key
    shown = 0
    for column in page.columns:
        field = table.field(column.field)
        if field is None or column.unbound or column.type == "DateFormula":
            continue
        assert (field.type, field.length) == (column.type, column.length), column.name
        assert field.flow == column.flow, column.name
        assert field.options == column.options, column.name
        shown += 1
    assert shown > 0


def test_a_definition_that_cannot_be_read_names_the_entry() -> None:
    with pytest.raises(ValueError, match=r"'No\. Code20'"):
        columns("Name:Text50; No. Code20")

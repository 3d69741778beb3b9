"""The posting setup of a case: that of its company, with what the case says of policies and what we chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.acceptance.cases.choices import RULES, Rules, chosen
from tests.acceptance.cases.library import Case

from tieout.app.setups import default_setup

LCY = {"GB": "GBP", "CA": "CAD"}
POLICIES = ("discount", "closed_period", "goodwill_recognition")


def posting_setup(case: Case) -> dict[str, Any]:
    """The setup as JSON, as ``tieout pair add`` takes it."""
    policies = {name: value for name, value in case.policy.items() if name in POLICIES}
    ours = chosen(RULES, case.id, Rules("", {})).fields
    return _with(default_setup(LCY[case.company]), {**policies, **ours, **case.rules})


def _with(setup: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Rules are read from the top, so those of the case stand before the company's."""
    lists = {n: [*f, *setup.get(n, ())] for n, f in fields.items() if isinstance(f, list)}
    return {**setup, **fields, **lists}

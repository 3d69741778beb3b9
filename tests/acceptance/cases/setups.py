"""The posting setup of a case: that of its company, with what the case says of policies."""

from __future__ import annotations

from typing import Any

from tests.acceptance.cases.library import Case

from tieout.app.setups import default_setup

LCY = {"GB": "GBP", "CA": "CAD"}
# Client 7011 declares VAT when it is paid.
CASH_CUSTOMER = {
    "clients": ["7011"],
    "gen_bus": "DOMESTIC",
    "vat_bus": "CASHVAT",
    "customer_posting_group": "DOMESTIC",
}


def posting_setup(case: Case) -> dict[str, Any]:
    """The setup as JSON, as ``tieout pair add`` takes it."""
    setup = default_setup(LCY[case.company])
    for name, value in case.policy.items():
        if name in ("discount", "closed_period", "goodwill_recognition"):
            setup[name] = value
    if "CASHVAT" in str(case.given.get("vat_posting_setup", "")):
        setup["customers"].insert(0, CASH_CUSTOMER)
    return setup

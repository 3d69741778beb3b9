"""What NAV itself says that its accounts come to, in local currency: figures that it adds up, and that no entry read by us has a part in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout.connectors.nav.odata import NavOData
from tieout.connectors.nav.wire import setup as wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """By number of G/L account, bank account and customer, debit positive; up to today, whatever is compared."""

    accounts: Mapping[str, Decimal]
    banks: Mapping[str, Decimal]
    customers: Mapping[str, Decimal]


async def read_balances(odata: NavOData) -> Balances:
    """All of the company. Raises Refused, which names the page, if one is not published."""
    return Balances(
        accounts={row.No: row.Balance async for row in odata.rows("GLAccount", wire.WireBalance)},
        banks={
            row.No: row.Balance_LCY async for row in odata.rows("BankAccount", wire.WireBalanceLcy)
        },
        customers={
            row.No: row.Balance_LCY async for row in odata.rows("Customer", wire.WireBalanceLcy)
        },
    )

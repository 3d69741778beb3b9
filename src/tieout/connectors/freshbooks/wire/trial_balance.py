"""FreshBooks' trial balance as it writes it, to ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from tieout.connectors.freshbooks.wire.common import WireMoney
from tieout.core.failures import Unintelligible


class WireRow(msgspec.Struct):
    """An account or one below it: its balance stands on one side, the other is 0 or null (FreshBooks: Postman collection, Trial Balance)."""

    account_number: str | int
    debit: WireMoney | None = None
    credit: WireMoney | None = None

    def balance(self) -> Decimal:
        """Debit positive."""
        return _amount(self.debit) - _amount(self.credit)


class WireTrialBalance(msgspec.Struct):
    """The report in one currency."""

    currency_code: str
    data: list[WireRow]


DECODER = msgspec.json.Decoder(WireTrialBalance)


def trial_balance(content: bytes, currency: str) -> Mapping[str, Decimal]:
    """The balance of each account by its number, those below it included, in the currency that was asked for. Raises Unintelligible."""
    try:
        wire = DECODER.decode(content)
    except msgspec.DecodeError as error:
        text = f"the trial balance cannot be read: {error}"
        raise Unintelligible("freshbooks", text) from None
    if wire.currency_code != currency:
        text = f"a trial balance in {currency} was asked for, {wire.currency_code} was answered"
        raise Unintelligible("freshbooks", text)
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for row in wire.data:
        balances[str(row.account_number)] += row.balance()
    return dict(balances)


def _amount(money: WireMoney | None) -> Decimal:
    return money.amount if money else Decimal(0)

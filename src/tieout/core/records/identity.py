"""Which thing in which system: references that never change, whatever is renamed or renumbered."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The kinds of record that Tieout keeps in agreement."""

    CUSTOMER = "customer"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"

    # That of the word itself, which is quicker than an enumeration's own: references are looked up all the time.
    __hash__ = str.__hash__


DOCUMENTS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT)

# The TYPE part of a command's key (docs/protocols/gateway.md), one for each kind.
KEY_TYPES = {
    Kind.CUSTOMER: "CUS",
    Kind.INVOICE: "INV",
    Kind.CREDIT_NOTE: "CRN",
    Kind.PAYMENT: "PMT",
}

# Money that a bank took back has keys of its own, though it belongs to a payment.
CHARGEBACK = "CB"


class Ref(NamedTuple):
    """One FreshBooks record: its kind and its immutable FreshBooks id.

    Numbers, names and e-mail addresses are attributes and may change or be used again; the id does not.

    >>> str(Ref(Kind.INVOICE, "34101"))
    'invoice/34101'
    """

    kind: Kind
    key: str

    def __str__(self) -> str:
        return self.kind + "/" + self.key

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read what a person typed, ``invoice/34101``.

        Raises ValueError with what is expected.

        >>> Ref.parse("payment/10301")
        Ref(kind=<Kind.PAYMENT: 'payment'>, key='10301')
        """
        kind, _, key = text.partition("/")
        if kind not in set(Kind) or not key.isdigit():
            raise ValueError(
                f"{text!r} is not a reference; write kind/id, for example invoice/34101"
            )
        return cls(Kind(kind), key)


def command_key(prefix: str, ref: Ref, suffix: str, word: str = "") -> str:
    """The key of a command, which is also the External Document No. in NAV (Code 35). ``word`` stands for the kind's own TYPE.

    >>> command_key("FB", Ref(Kind.INVOICE, "34101"), "1X")
    'FB-INV-34101-1X'
    """
    key = f"{prefix}-{word or KEY_TYPES[ref.kind]}-{ref.key}-{suffix}".upper()
    assert len(key) <= 35, f"key {key} is longer than External Document No. allows"
    return key


def type_of_key(key: str) -> str:
    """The TYPE part of a key.

    >>> type_of_key("FB-CB-11002-1X")
    'CB'
    """
    return key.rsplit("-", 2)[0].rpartition("-")[2]

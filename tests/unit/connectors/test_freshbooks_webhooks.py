from __future__ import annotations

import pytest

from tieout.connectors.freshbooks.webhooks import is_signed, notification, signature
from tieout.core.failures import Unintelligible
from tieout.core.records.identity import Kind, Ref

VERIFIER = "scADVVi5QuKuj5qTjVkbJNYQe7V7USpGd"
CREATED = b"name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1"
UPDATED = b"name=client.update&object_id=921895&user_id=1&identity_id=14051539&business_id=14393743&account_id=p7rQW5"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (CREATED, "/S03vyYmI7CekM4YXBHUhs9o5rnMtqGLrW3aA8S9gPc="),
        (UPDATED, "iJZOXmjrd3oWVqpjPSOD3T4h++SND5zKcEcZTK3y6g0="),
    ],
)
def test_the_signature_is_that_of_the_form_in_the_order_received(
    body: bytes, expected: str
) -> None:
    assert signature(VERIFIER, body) == expected
    assert is_signed(VERIFIER, body, expected)


@pytest.mark.parametrize(
    "body",
    [
        CREATED.replace(b"1234567", b"1234568"),
        b"&".join(reversed(CREATED.split(b"&"))),
        CREATED + b"&extra=",
        b"\xff\xfe",
        b"",
    ],
)
def test_a_changed_or_unreadable_message_is_not_signed(body: bytes) -> None:
    assert not is_signed(VERIFIER, body, signature(VERIFIER, CREATED))


def test_another_callback_has_another_signature() -> None:
    assert not is_signed("other", CREATED, signature(VERIFIER, CREATED))


def test_values_with_separators_and_other_alphabets_are_signed_too() -> None:
    body = b"name=a%3A+b%2C+c&object_id=1&city=K%C3%B6ln"
    # The same by hand: HMAC of {"name": "a: b, c", "object_id": "1", "city": "K\u00f6ln"}
    assert signature("key", body) == "t/3nmJr3IQu0ime84BWx2MtLrLPOu//88Lli775lWGY="


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("invoice.create", Ref(Kind.INVOICE, "5")),
        ("invoice.sendByEmail", Ref(Kind.INVOICE, "5")),
        ("invoice", Ref(Kind.INVOICE, "5")),
        ("payment.delete", Ref(Kind.PAYMENT, "5")),
        ("credit_note.update", Ref(Kind.CREDIT_NOTE, "5")),
        ("client.update", Ref(Kind.CUSTOMER, "5")),
        ("project.create", None),
        ("callback.verify", None),
    ],
)
def test_a_notification_names_a_record_or_nothing_of_ours(name: str, ref: Ref | None) -> None:
    told = notification(f"object_id=5&name={name}&account_id=a".encode())
    assert told.ref == ref
    assert not told.handshake


def test_a_handshake_is_known_by_its_verifier_and_names_no_record() -> None:
    told = notification(b"verifier=v3r1f&name=invoice.create&object_id=77&account_id=a")
    assert told.handshake
    assert told.ref is None
    assert (told.object_id, told.verifier) == ("77", "v3r1f")
    assert "v3r1f" not in repr(told)


@pytest.mark.parametrize("body", [b"", b"name=invoice.create", b"{}", b"\xff", b"a=1&" * 200])
def test_what_is_no_notification_is_unintelligible(body: bytes) -> None:
    with pytest.raises(Unintelligible):
        notification(body)


def test_an_id_that_is_no_number_names_no_record() -> None:
    assert notification(b"name=invoice.create&object_id=../1").ref is None


def test_a_notification_says_whose_record_it_is() -> None:
    told = notification(CREATED)
    assert (told.account_id, told.business_id) == ("6BApk", "6543")
    told = notification(b"name=invoice.create&object_id=1")
    assert (told.account_id, told.business_id) == ("", "")

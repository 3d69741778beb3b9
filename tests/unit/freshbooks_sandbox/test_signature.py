"""The signature of notifications, by worked examples."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from tieout_sandboxes.freshbooks.signature import sign

VERIFIER = "scADVVi5QuKuj5qTjVkbJNYQe7V7USpGd"


@pytest.mark.parametrize(
    ("form", "signature"),
    [
        (
            (
                "name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543"
                "&identity_id=1234&user_id=1"
            ),
            "/S03vyYmI7CekM4YXBHUhs9o5rnMtqGLrW3aA8S9gPc=",
        ),
        (
            (
                "name=client.update&object_id=921895&user_id=1&identity_id=14051539"
                "&business_id=14393743&account_id=p7rQW5"
            ),
            "iJZOXmjrd3oWVqpjPSOD3T4h++SND5zKcEcZTK3y6g0=",
        ),
    ],
)
def test_signatures_of_known_forms(form: str, signature: str) -> None:
    assert sign(VERIFIER, parse_qsl(form)) == signature


def test_the_order_of_the_fields_matters() -> None:
    fields = [("name", "client.create"), ("object_id", "1")]
    assert sign(VERIFIER, fields) != sign(VERIFIER, fields[::-1])

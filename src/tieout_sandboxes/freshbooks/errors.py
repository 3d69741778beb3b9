"""Refusals, and how each family of endpoints words them.

Accounting endpoints answer in style A (a list of errors with a number, a field and an object) or,
under some versions of the API, in style A2; the events endpoints have their own style E; sign-in and
tokens use the words of OAuth, style O. Numbers and messages: freshbooks.com/api/errors.
"""

from __future__ import annotations

from typing import Any

REQUIRED_FIELD = 1001
ACCESS_DENIED = 1003
INVALID_VALUE = 1004
PARSE_ERROR = 1005
DATE_RANGE_BACKWARDS = 1007
DELETED_RESOURCE = 1011
UNKNOWN_RESOURCE = 1012
INVALID_PER_PAGE = 1013
INVALID_PAGE = 1014
NOT_A_NUMBER = 1015
TOO_LONG = 1017
INVALID_PERCENT = 1018
FILTER_DATE = 1023
FILTER_NUMBER = 1024
INVALID_NEGATIVE = 1025
DUPLICATE_TAX = 1026
DUPLICATE_VALUE = 1029
INVALID_RANGE = 1030
NOT_A_BOOLEAN = 1031
FILTER_BOOLEAN = 1032
NOT_A_DATE = 1033
FILTER_LIST = 1034
INVALID_MAPPING_TYPE = 1035
FILTER_SCALAR = 1037
WRITE_ACCESS_DENIED = 1038
FIELD_REQUIRED = 2001


class Refusal(Exception):
    """The sandbox says no to a request: status, number, field, object and value as FreshBooks words them."""

    def __init__(
        self,
        status: int,
        errno: int,
        message: str,
        *,
        field: str = "",
        kind: str = "",
        value: object = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.errno = errno
        self.message = message
        self.field = field
        self.kind = kind
        self.value = "" if value is None else str(value)


class Unauthenticated(Exception):
    """The request carries no access token, or one that is unknown, expired or revoked."""


class OAuthRefusal(Exception):
    """The token endpoint says no, in the words of OAuth 2.0."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


def style_a(refusal: Refusal) -> dict[str, Any]:
    """The default shape of accounting errors."""
    error = {
        "errno": refusal.errno,
        "field": refusal.field,
        "message": refusal.message,
        "object": refusal.kind,
        "value": refusal.value,
    }
    return {"response": {"errors": [error]}}


def style_a2(refusal: Refusal) -> dict[str, Any]:
    """The shape some versions of the API used in 2023: a gRPC status with its details."""
    code = {401: 16, 403: 7, 404: 5, 422: 3}.get(refusal.status, 3)
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": str(refusal.errno),
        "domain": "accounting.api.freshbooks.com",
        "metadata": {
            "object": refusal.kind,
            "message": refusal.message,
            "value": refusal.value,
            "field": refusal.field,
        },
    }
    message = f"Request failed with status_code: {refusal.status}"
    return {"code": code, "message": message, "details": [detail]}


def style_e(refusal: Refusal) -> dict[str, Any]:
    """The shape of the events family: the HTTP status is the number."""
    if refusal.status == 404:
        return {"errno": 404, "message": "Requested resource could not be found."}
    message = (
        "The request was well-formed but was unable to be followed due to semantic errors."
        if refusal.status == 422
        else refusal.message
    )
    details = [f"{refusal.field}: {refusal.message}"]
    return {"errno": refusal.status, "message": message, "details": details}


def style_p(refusal: Refusal) -> dict[str, Any]:
    """The shape of the projects and time tracking families."""
    if refusal.status == 404:
        return {"error": "Requested resource could not be found."}
    if refusal.status == 422:
        return {"errno": refusal.errno, "error": {refusal.field: refusal.message}}
    return {"error": refusal.message}


def style_b(refusal: Refusal) -> dict[str, Any]:
    """The shape of ledger accounts."""
    message = f"Request failed with status code {refusal.status}"
    named = {"message": refusal.message, "field": refusal.field or None}
    detail = {"reason": refusal.message, "metadata": named}
    return {"errors": {"message": message, "status": refusal.status, "details": [detail]}}


def style_o(error: str, description: str) -> dict[str, str]:
    """The shape of sign-in errors."""
    return {"error": error, "error_description": description}


UNAUTHENTICATED = style_o("unauthenticated", "This action requires authentication to continue.")

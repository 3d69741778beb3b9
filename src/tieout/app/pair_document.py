"""What ``tieout pair add`` is given: one JSON document, read and checked before anything is done with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tieout.app.running import InputError
from tieout.core.reconciliation.limits import limits_of

SETTINGS = (
    "prefix",
    "posting_setup",
    "poll_interval_s",
    "poll_share",
    "sweep_interval_s",
    "reconcile_interval_s",
    "reconcile_whole_interval_s",
    "absence_limit",
    "daily_documents",
    "daily_amounts",
    "route",
    "longest_request_s",
    "timezone",
    "explained_limits",
    "webhook_url",
    "redirect_uri",
)
ROUTES = ("gateway", "pages")
ADDRESSES = {"freshbooks": ("url",), "nav": ("odata_url", "soap_url")}
A_DAY_S = 86_400


def read_document(source: str) -> Mapping[str, Any]:
    """One JSON object from a file, or from standard input if ``source`` is ``-``; amounts stay exact. Raises InputError."""
    where = "standard input" if source == "-" else source
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        document = json.loads(text, parse_float=Decimal)
    except OSError as error:
        raise InputError(f"{where} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise InputError(f"{where} must hold one JSON object.")
    if "\\u0000" in text:
        raise InputError(f"{where} holds the character \\u0000, which nothing may contain.")
    return document


def check_connections(document: Mapping[str, Any]) -> None:
    """Both halves are there, with plain values and readable addresses; what is missing in them the store says. Raises InputError."""
    for side, addresses in ADDRESSES.items():
        part = document.get(side)
        if not isinstance(part, Mapping):
            raise InputError(f'The JSON document must have an object "{side}".')
        for name, value in part.items():
            if isinstance(value, bool) or not isinstance(value, str | int | None):
                raise InputError(f"{side}.{name} must be a text.")
            if name in addresses and value:
                _check_address(f"{side}.{name}", value)
    _check_time(document["freshbooks"].get("expires_at"))


def settings_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, empty if there are none. Raises InputError for one that is unknown or of no use: it would do harm only later, or never be noticed."""
    settings = document.get("settings") or {}
    if not isinstance(settings, Mapping):
        raise InputError('"settings" must be an object with named values.')
    unknown = sorted(set(settings) - set(SETTINGS))
    if unknown:
        raise InputError(
            f'"settings" has unknown names: {", ".join(unknown)}; known are {", ".join(SETTINGS)}.'
        )
    for name in ("prefix", "webhook_url", "redirect_uri"):
        if not isinstance(settings.get(name, ""), str):
            raise InputError(f"settings.{name} must be a text.")
    if settings.get("webhook_url"):
        _check_address("settings.webhook_url", settings["webhook_url"])
    if not isinstance(settings.get("posting_setup", {}), Mapping):
        raise InputError("settings.posting_setup must be an object; see tieout pair setup --help.")
    for name in ("poll_interval_s", "sweep_interval_s", "reconcile_interval_s"):
        _check_number(settings, name, 1, A_DAY_S, "a number of seconds")
    _check_number(settings, "reconcile_whole_interval_s", 1, 366 * A_DAY_S, "a number of seconds")
    _check_number(settings, "poll_share", Decimal("0.01"), 1, "a part of the rate limit")
    _check_number(settings, "absence_limit", 0, 1, "a part of the documents known")
    _check_number(settings, "daily_documents", 0, 10**9, "a number of documents")
    _check_amounts(settings.get("daily_amounts", {}))
    if settings.get("route", "gateway") not in ROUTES:
        raise InputError(f"settings.route must be one of: {', '.join(ROUTES)}.")
    _check_number(settings, "longest_request_s", 1, 600, "a number of seconds")
    _check_zone(settings.get("timezone", "UTC"))
    _check_limits(settings.get("explained_limits", {}))
    return dict(settings)


def _check_number(
    settings: Mapping[str, Any], name: str, least: Decimal | int, most: int, what: str
) -> None:
    value = settings.get(name, least)
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not number or not least <= value <= most:
        raise InputError(f"settings.{name} is {value!r}; give {what} from {least} to {most}.")


def _check_amounts(value: object) -> None:
    amounts = value.values() if isinstance(value, Mapping) else [None]
    for amount in amounts:
        try:
            good = not isinstance(amount, bool) and Decimal(str(amount)) >= 0
        except ArithmeticError:
            good = False
        if not good:
            raise InputError(
                'settings.daily_amounts must name an amount for each currency, as {"GBP": "250000.00"}.'
            )


def _check_limits(value: object) -> None:
    try:
        limits_of(value if isinstance(value, Mapping) else {"": {}})
    except ValueError as error:
        raise InputError(f"settings.explained_limits {error}.") from None


def _check_zone(value: object) -> None:
    try:
        ZoneInfo(str(value))
    except (ValueError, KeyError, OSError):
        raise InputError(f"settings.timezone is {value!r}; name a zone as Europe/London.") from None


def _check_address(name: str, value: object) -> None:
    try:
        parts = urlsplit(str(value).strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise InputError(
            f"{name} is {value!r}, which is no address; write it as https://host/path."
        )


def _check_time(value: object) -> None:
    if value is None:
        return
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        raise InputError(
            f"freshbooks.expires_at is {value!r}; write it as 2026-10-31T12:00:00Z."
        ) from None

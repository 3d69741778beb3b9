"""What the sandbox assumes where no source says how NAV behaves.

Each assumption is a named switch with a default, listed in FIDELITY.md; the control API sets
them while the server runs, so that a test can hold a client to either behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Switch:
    """One assumption: its default and, where there are few, the values it may take."""

    default: Any
    choices: tuple[Any, ...] = ()


SWITCHES: dict[str, Switch] = {
    "flavour": Switch("nav2018", ("nav2016", "nav2018", "bc14")),
    "page_size": Switch(1000),
    "prefer_maxpagesize": Switch(True, (True, False)),
    "validate_order": Switch("body", ("body", "page")),
    "count_bom": Switch(False, (True, False)),
    "public_odata_base_url": Switch(""),
    "public_soap_base_url": Switch(""),
    "credential_type": Switch("NavUserPassword", ("NavUserPassword", "Windows")),
    "account": Switch("known", ("known", "missing", "key_expired", "without_permissions")),
    "unpublished": Switch(""),
    "challenge": Switch('Basic realm=""'),
    "oversize_status": Switch(413, (400, 413)),
    "lock_timeout_ms": Switch(10_000),
    "stale_status": Switch(409, (400, 409, 412)),
    "put": Switch("merged", ("merged", "not_allowed")),
    "deadlock_status": Switch(400, (400, 409)),
    "duplicate_status": Switch(400, (400, 409)),
    "permission_status": Switch(401, (400, 401, 403)),
    "default_company": Switch("only", ("only", "none")),
    "default_company_status": Switch(404, (400, 404)),
    "lock_status": Switch(409, (400, 409, 500)),
    "skiptoken": Switch("literals", ("literals", "opaque")),
    "unchanged_fields": Switch("skipped", ("skipped", "validated")),
    "journal_template": Switch("GENERAL"),
    "cash_receipt_template": Switch("CASHRCPT"),
    "guessed_faults": Switch("named", ("named", "dialog")),
    "stale_words": Switch("short", ("short", "long")),
    "exchange_rate_currency": Switch("editable", ("editable", "read_only")),
    "posting_ms": Switch(0),
    "v3_endpoint": Switch(True, (True, False)),
    "v4_endpoint": Switch(True, (True, False)),
    "endpoint_off_status": Switch(405, (404, 405)),
    "substringof": Switch("specification", ("specification", "help")),
    "data_service_version": Switch("3.0", ("3.0", "lowest")),
    "v3_decimals": Switch("text", ("text", "numbers")),
    "v3_change_status": Switch(204, (200, 204)),
    "post_tunneling": Switch(True, (True, False)),
    "v4_etag_property": Switch(False, (True, False)),
    "v4_associations": Switch(True, (True, False)),
    "flow_filter_values": Switch("shown", ("shown", "blank")),
    "batch": Switch("absent", ("absent", "not_implemented")),
    "rename": Switch("renamed", ("renamed", "refused")),
    "xmlport_elements": Switch("qualified", ("qualified", "unqualified")),
}


@dataclass
class Switches:
    """The switches of one running sandbox: `switches["page_size"]`."""

    values: dict[str, Any] = field(
        default_factory=lambda: {n: s.default for n, s in SWITCHES.items()}
    )

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def set(self, name: str, value: Any) -> None:
        """Raises ValueError, naming what exists, for an unknown name or value."""
        switch = SWITCHES.get(name)
        if switch is None:
            raise ValueError(f"unknown switch {name!r}; there are: {', '.join(sorted(SWITCHES))}")
        allowed = switch.choices
        if type(value) is not type(switch.default) or (allowed and value not in allowed):
            expected = allowed or type(switch.default).__name__
            raise ValueError(f"switch {name!r} takes {expected}, not {value!r}")
        self.values[name] = value

"""Who is signed in: the owner, the one business, and what ties them together (`users/me`)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks.answers import json_answer
from tieout_sandboxes.freshbooks.clock import iso_utc
from tieout_sandboxes.freshbooks.core import Business, Core
from tieout_sandboxes.freshbooks.errors import UNAUTHENTICATED, Unauthenticated
from tieout_sandboxes.freshbooks.tokens import Grants

OWNER = {"first_name": "Olive", "last_name": "Owner", "email": "owner@example.com"}
MEMBERSHIP_OFFSET = 26_000_000


class Identity:
    """`GET /auth/api/v1/users/me`."""

    def __init__(self, core: Core, grants: Grants) -> None:
        self._core = core
        self._grants = grants
        self._since = iso_utc(core.clock.now())

    def routes(self) -> list[Route]:
        """The only endpoint of the auth family that is built so far."""
        return [Route("/auth/api/v1/users/me", self.me)]

    async def me(self, request: Request) -> Response:
        """The identity behind the access token."""
        try:
            self._grants.check(request.headers.get("authorization", ""))
        except Unauthenticated:
            return json_answer(UNAUTHENTICATED, 401)
        return json_answer({"response": _identity(self._core.business, self._since)})


def _identity(business: Business, since: str) -> dict[str, Any]:
    return {
        "id": business.identity_id,
        "identity_id": business.identity_id,
        "identity_uuid": business.identity_uuid,
        **OWNER,
        "language": "en",
        "confirmed_at": None,
        "created_at": since,
        "unconfirmed_email": None,
        "setup_complete": True,
        "phone_numbers": [{"title": "", "phone_number": None}],
        "addresses": [None],
        "profession": None,
        "links": {
            "me": f"/service/auth/api/v1/users?id={business.identity_id}",
            "roles": f"/service/auth/api/v1/users/role/{business.identity_id}",
        },
        "profile": _profile(business),
        "permissions": {business.account_id: {"client.limit": -1, "staff.limit": -1}},
        "groups": [_group(business)],
        "subscription_statuses": {business.account_id: "active"},
        "business_statuses": {business.account_id: "active"},
        "integrations": {},
        "business_memberships": [_membership(business)],
        "identity_origin": "magnum",
        "timezone": business.timezone,
        "otp_required_for_login": False,
        "otp_delivery_method": "email",
        "roles": [_role(business, since)],
    }


def _profile(business: Business) -> dict[str, Any]:
    return {
        "setup_complete": True,
        "first_name": OWNER["first_name"],
        "last_name": OWNER["last_name"],
        "phone_number": None,
        "address": None,
        "profession": None,
        "professions": [],
        "has_password": True,
        "is_email_confirmed": True,
        "timezone": business.timezone,
        "time_format": 0,
    }


def _group(business: Business) -> dict[str, Any]:
    return {
        "id": business.business_id + MEMBERSHIP_OFFSET,
        "group_id": business.business_id + 1,
        "role": "owner",
        "identity_id": business.identity_id,
        "identity_uuid": business.identity_uuid,
        "business_id": business.business_id,
        "active": True,
    }


def _membership(business: Business) -> dict[str, Any]:
    """The membership's id is not the business's id, which is a classic trap."""
    return {
        "id": business.business_id + MEMBERSHIP_OFFSET,
        "role": "owner",
        "unacknowledged_change": False,
        "fasttrack_token": "sandbox",
        "business": _business(business),
    }


def _business(business: Business) -> dict[str, Any]:
    address = {"street": "", "street2": "", "city": "", "province": "", "postal_code": ""}
    return {
        "id": business.business_id,
        "business_uuid": business.business_uuid,
        "name": business.name,
        "account_id": business.account_id,
        "number_format": None,
        "date_format": "yyyy-mm-dd",
        "first_day_of_week": 0,
        "active": True,
        "timezone": business.timezone,
        "status": "active",
        "advanced_accounting_enabled": False,
        "industry": None,
        "billing_country_code": "USA",
        "business_type": None,
        "address": {"id": 1, **address, "country": business.country},
        "phone_number": {"id": 1, "phone_number": ""},
        "business_clients": [],
    }


def _role(business: Business, since: str) -> dict[str, Any]:
    return {
        "id": 1,
        "role": "admin",
        "systemid": 1,
        "userid": 1,
        "created_at": since,
        "links": {"destroy": "/service/auth/api/v1/users/role/1"},
        "accountid": business.account_id,
    }

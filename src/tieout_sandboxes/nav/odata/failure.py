"""How NAV's OData refuses: a status, a code and a message, by flavour of NAV.

Codes are empty in NAV 2016, named in NAV 2018 and later. Statuses that no source gives are
assumptions held in one table, so that a single capture from a live system settles them.
"""

from __future__ import annotations

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.switches import Switches

INVALID_BODY = "Invalid Request Body"
_UNCHECKED = "Could not validate the client concurrency token required by the service. "
_NO_IF_MATCH = {
    "nav": f"{_UNCHECKED}Please provide a valid token in the client request.",
    "bc14": f"{_UNCHECKED}Please verify that you have specified the If-Match header.",
}
_NO_DEFAULT_COMPANY = (
    "Cannot process the request because the default company cannot be found. You can specify a "
    "default company in the service configuration file, or specify one for each tenant, or you "
    'can add a query string in the form of "company=[name]".'
)


class ODataError(Exception):
    """A request answered with an error of OData."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad_request(message: str) -> ODataError:
    """The caller's URL or body cannot be understood."""
    return ODataError(400, "BadRequest", message)


def bad_path(near: str) -> ODataError:
    """The path or a key in it cannot be read."""
    text = f"Bad Request - Error in query syntax near '{near}'."
    return ODataError(404, "BadRequest_NotFound", text)


def invalid_token(switches: Switches) -> ODataError:
    """If-Match is missing or no ETag; NAV and Business Central word it differently."""
    flavour = "bc14" if switches["flavour"] == "bc14" else "nav"
    return ODataError(400, "BadRequest_InvalidToken", _NO_IF_MATCH[flavour])


def check_default_company(switches: Switches) -> None:
    """Raises ODataError where no company is named and none is the default."""
    if switches["default_company"] == "none":
        status = switches["default_company_status"]
        raise ODataError(status, "Internal_CompanyNotFound", _NO_DEFAULT_COMPANY)


def unknown_property(name: str, service: str) -> ODataError:
    """The caller names a property that the page does not have."""
    return bad_request(f"Could not find a property named '{name}' on type 'NAV.{service}'.")


def unsupported_format() -> ODataError:
    """The caller wants a format that this endpoint does not write."""
    return ODataError(415, "BadRequest", "A supported MIME type could not be found.")


def not_implemented() -> ODataError:
    """The endpoint knows what is asked for, and does not do it."""
    return ODataError(501, "BadRequest_MethodNotImplemented", "The request is not implemented.")


def not_found(segment: str) -> ODataError:
    """The URL names a service that is not published."""
    return ODataError(
        404, "BadRequest_ResourceNotFound", f"Resource not found for the segment '{segment}'."
    )


def not_allowed(method: str, service: str) -> ODataError:
    """The page does not permit the verb."""
    text = f"'{method}' requests for '{service}' of EdmType 'Entity' are not allowed within "
    text += "Microsoft Dynamics NAV OData web services."
    return ODataError(405, "BadRequest_MethodNotAllowed", text)


_NAV2018: dict[str, tuple[int, str]] = {
    "dialog": (400, "Application_DialogException"),
    "record_not_found": (404, "Internal_RecordNotFound"),
    "duplicate": (400, "Internal_EntityWithSameKeyExists"),
    "testfield": (400, "Application_FieldValidationException"),
    "table_relation": (400, "Internal_InvalidTableRelation"),
    "length": (400, "Application_StringExceededLength"),
    "option": (400, "Unknown"),
    "evaluate": (400, "Application_EvaluateException"),
    "not_allowed": (405, "BadRequest_MethodNotAllowed"),
    "stale": (409, "Request_EntityChanged"),
    "lock": (409, "Internal_ServerError"),
    "permission": (401, "Authorization_RequestDenied"),
    "unknown_field": (400, "BadRequest"),
    "read_only": (400, "BadRequest_InvalidOperation"),
    "deadlock": (400, "Application_DialogException"),
    "callback": (400, "Application_CallbackNotAllowed"),
    "data_not_found": (400, "Internal_DataNotFoundFilter"),
}
FLAVOURS: dict[str, dict[str, tuple[int, str]]] = {
    "nav2016": {kind: (status, "") for kind, (status, _) in _NAV2018.items()},
    "nav2018": _NAV2018,
    "bc14": {
        **_NAV2018,
        "duplicate": (409, "Internal_EntityWithSameKeyExists"),
        "permission": (403, "Authorization_RequestDenied"),
    },
}
_SWITCHED = ("lock", "stale", "deadlock")
_SWITCHED_IN_NAV = ("duplicate", "permission")
"""Of Business Central the status of these is known."""


def from_nav(error: NavError, switches: Switches) -> ODataError:
    """NAV's refusal as this flavour of NAV words it over OData."""
    flavour, kind = switches["flavour"], error.kind
    status, code = FLAVOURS[flavour].get(kind, (400, "Unknown"))
    if kind in _SWITCHED or (kind in _SWITCHED_IN_NAV and flavour != "bc14"):
        status = switches[f"{kind}_status"]
    return ODataError(status, code, error.text)

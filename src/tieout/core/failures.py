"""The ways in which the outside world fails to do what was asked.

    Failure
    ├── Unreachable      no connection, time-out or 5xx on a read: try again later
    ├── Throttled        too many requests: wait as told, does not count as an attempt
    ├── Unauthorized     the credentials are refused: pause the connection, tell a person
    ├── Refused          the other system's own rules say no: hold, with its words
    ├── Outdated         somebody else changed it first: read again
    ├── OutcomeUnknown   a write may or may not have happened: look it up, never repeat it blindly
    ├── Superseded       another worker has taken over: stop at once
    ├── Unintelligible   the answer does not have the documented shape: give up, tell an engineer
    └── Unstorable       our database refuses what is to be stored: find the document, give it up

Failures are raised by adapters and handled by the engine. They never carry a secret.
"""

from __future__ import annotations


class Failure(Exception):
    """The outside world did not do what was asked; ``system`` is ``freshbooks`` or ``nav`` or ``database``."""

    def __init__(self, system: str, text: str) -> None:
        text = text.replace("\0", "")  # which no database takes
        super().__init__(f"{system}: {text}")
        self.system = system
        self.text = text


class Unreachable(Failure):
    """No connection, a time-out or a server error on a read."""


class Throttled(Failure):
    """Too many requests; ``wait_s`` seconds must pass."""

    def __init__(self, system: str, text: str, wait_s: float) -> None:
        super().__init__(system, text)
        self.wait_s = wait_s


class Unauthorized(Failure):
    """The credentials are refused; only a person can renew the consent."""


class Forbidden(Unauthorized):
    """The credentials are good, but not for this: a scope or a permission is missing. Renewing them would not help."""


class Refused(Failure):
    """The other system's rules say no, in its own words."""


class Outdated(Failure):
    """Somebody else changed the record after it was read."""


class OutcomeUnknown(Failure):
    """A write was sent and no answer came: it may have happened."""


class Superseded(Failure):
    """Another worker owns this NAV company now."""


class Unintelligible(Failure):
    """The answer does not fit the documented shape."""


class Unstorable(Failure):
    """The database refuses what is to be stored: a rule of its own says no."""

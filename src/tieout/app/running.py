"""Running a command's work and turning what went wrong into words and an exit code."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import traceback
from collections.abc import Coroutine
from typing import Any

import structlog
import typer

from tieout.app.console import INTERRUPTED, UNKNOWN, USAGE, warn
from tieout.core.failures import Failure, Forbidden, Refused, Unauthorized, Unreachable
from tieout.core.journal.reading import SetupError
from tieout.store.errors import StoreError
from tieout.store.postgres import EmbeddedDatabaseError

log = structlog.get_logger()

# Records are many and hold no cycles; looking for some among them after every few hundred would take a tenth of a tie-out.
COLLECTED = (50_000, 20, 50)
LEVELS = ("debug", "info", "warning", "error")

# What a person can do about a failure of the outside world, by kind and system.
ADVICE = {
    (Unauthorized, "nav"): "NAV refuses the user: check nav.user and its web service access key.",
    (
        Forbidden,
        "freshbooks",
    ): "The consent does not cover this: give it again with every scope, tieout pair connect NAME.",
    (Unauthorized, "freshbooks"): "A person has to renew the consent: tieout pair connect NAME.",
    (
        Unreachable,
        "nav",
    ): "Check that NAV runs, and nav.odata_url and nav.soap_url; then try again.",
    (Unreachable, "freshbooks"): "Check that FreshBooks can be reached from here; then try again.",
    (Unreachable, "database"): "Check that the database runs, and DATABASE_URL; then try again.",
    (Refused, "nav"): "Check nav.company, and that what nav/guide.md lists is published.",
}


class InputError(ValueError):
    """What was given cannot be used; the text says what, where and what to do."""


def set_up_logs() -> None:
    """Logs go to standard error, one line each; ``TIEOUT_LOG`` is debug, info (default), warning or error."""
    name = os.environ.get("TIEOUT_LOG", "info").lower()
    level = getattr(logging, (name if name in LEVELS else "info").upper())
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for noisy in ("procrastinate", "alembic", "psycopg"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, or until SIGINT or SIGTERM; then everything is closed in order all the same."""
    gc.set_threshold(*COLLECTED)
    try:
        asyncio.run(_interruptible(work))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(INTERRUPTED) from None


async def _interruptible(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


def ended(error: Exception) -> int:
    """Say what went wrong and what to do; the exit code: bad input 64, a system out of reach 2, a defect 2."""
    if isinstance(error, Failure):
        warn(f"Could not tell: {error.system}: {explained(error)}")
        return UNKNOWN
    if isinstance(error, EmbeddedDatabaseError):
        warn(f"Could not tell: {error}")
        return UNKNOWN
    if isinstance(error, InputError | StoreError | SetupError):
        warn(str(error))
        return USAGE
    return defect(error)


def explained(failure: Failure) -> str:
    """A failure in words, with what a person can do about it."""
    advice = ADVICE.get((type(failure), failure.system))
    return f"{failure.text.rstrip('.')}. {advice}" if advice else failure.text


def defect(error: BaseException) -> int:
    """A defect of Tieout: the traceback on standard error, and exit code 2."""
    with contextlib.suppress(Exception):
        traceback.print_exception(error)
    warn("This is a defect of Tieout; please report it with the lines above.")
    return UNKNOWN


def report(failure: Failure, event: str, **where: object) -> None:
    """Log a failure of the outside world: an error, with what to do, where only a person can help, else a warning."""
    if isinstance(failure, Unauthorized):
        log.error(event, **where, reason=str(failure), remedy=ADVICE[type(failure), failure.system])
    else:
        log.warning(event, **where, reason=str(failure))


def described(error: BaseException) -> dict[str, str]:
    """What may be logged of a defect: its kind and where it arose, not its text, which may quote a value."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return {"kind": type(error).__name__, "where": where}

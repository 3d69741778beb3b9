"""Running a command's work and turning what went wrong into words and an exit code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import traceback
from collections.abc import Coroutine
from typing import Any

import structlog
import typer

from tieout.app.console import UNKNOWN, USAGE, warn
from tieout.core.failures import Failure
from tieout.core.journal.setup import SetupError
from tieout.store.errors import StoreError


class InputError(ValueError):
    """What was given cannot be used; the text says what, where and what to do."""


def set_up_logs() -> None:
    """Logs go to standard error, one line each; ``TIEOUT_LOG`` is debug, info (default), warning or error."""
    level = getattr(logging, os.environ.get("TIEOUT_LOG", "info").upper(), logging.INFO)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for noisy in ("procrastinate", "alembic", "psycopg.pool"):
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
    """Run to the end; bad input ends with 64, an unreachable system with 2, each with what to do."""
    try:
        asyncio.run(work)
    except (InputError, StoreError, SetupError) as error:
        warn(str(error))
        raise typer.Exit(USAGE) from None
    except Failure as failure:
        warn(f"Could not tell: {failure}")
        raise typer.Exit(UNKNOWN) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None


def defect(error: BaseException) -> int:
    """A defect of Tieout: the traceback on standard error, and exit code 2."""
    with contextlib.suppress(Exception):
        traceback.print_exception(error)
    warn("This is a defect of Tieout; please report it with the lines above.")
    return UNKNOWN

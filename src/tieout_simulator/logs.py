"""What the product logs while it is played."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog


class Logs:
    """structlog speaks to the simulation while it runs."""

    def __init__(self, capture: Callable[..., Any]) -> None:
        self._capture = capture

    def __enter__(self) -> None:
        self._before = structlog.get_config()
        structlog.configure(
            processors=[self._capture],
            wrapper_class=structlog.BoundLogger,
            cache_logger_on_first_use=False,
        )

    def __exit__(self, *_: object) -> None:
        structlog.configure(**self._before)

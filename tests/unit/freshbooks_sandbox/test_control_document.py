"""Every order of the control API is described where its users look for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tieout_sandboxes.freshbooks.control import Control
from tieout_sandboxes.nav.control import CALLS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/protocols/sandbox-control.md"


def test_every_order_of_both_sandboxes_is_described() -> None:
    nobody: Any = None
    routes = Control(nobody, nobody, nobody, nobody, nobody).routes()
    orders = {f"{verb} {route.path}" for route in routes for verb in route.methods or ()}
    orders |= {call.replace(" ", " /_control/") for call in CALLS}
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = {
        order for order in orders if not order.startswith("HEAD") and f"`{order}`" not in text
    }
    assert missing == set()
    assert len(orders) > 10

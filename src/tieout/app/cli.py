"""``tieout``: the command line."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from tieout.app import (
    agreement,
    approvals,
    books_check,
    events,
    freeze,
    heal,
    line,
    plan,
    rates,
    replay,
    reports,
    tie_out,
    work,
)
from tieout.app.console import INTERRUPTED, USAGE, warn
from tieout.app.explain import explain
from tieout.app.pairs import pair_app
from tieout.app.running import ended, set_up_logs
from tieout.app.sandbox import sandbox_app

app = typer.Typer(
    name="tieout",
    help="Keep FreshBooks and Microsoft Dynamics NAV in agreement, and prove it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(pair_app, name="pair")
app.add_typer(sandbox_app, name="sandbox")
for command in (
    work.sync,
    work.serve,
    work.worker,
    plan.plan,
    replay.replay,
    *reports.COMMANDS,
    tie_out.reconcile,
    agreement.agreement,
    freeze.freeze,
    heal.heal,
    *books_check.COMMANDS,
    *line.COMMANDS,
    *events.COMMANDS,
    explain,
    *approvals.COMMANDS,
    *rates.COMMANDS,
):
    app.command()(command)


def main() -> None:
    """Run the command line; what goes wrong ends it with words and an exit code."""
    set_up_logs()
    try:
        code = app(standalone_mode=False, prog_name="tieout")
    except typer.Abort:
        code = INTERRUPTED
    except TyperException as error:
        warn(usage_text(error))
        code = USAGE
    except Exception as error:  # noqa: BLE001 - a defect is reported, not hidden
        code = ended(error)
    sys.exit(code or 0)


def usage_text(error: TyperException) -> str:
    """What is wrong with the command line, and where to read how it goes."""
    context = getattr(error, "ctx", None)
    shown = getattr(error, "format_message", lambda: str(error))()
    path = context.command_path if context else "tieout"
    return f"{shown}\nSee: {path} --help"


if __name__ == "__main__":
    main()

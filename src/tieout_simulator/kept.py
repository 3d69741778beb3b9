"""A seed that has failed, as small as it still fails, becomes a test: the file that the tests play again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout_simulator.trials import Trial, trial
from tieout_simulator.world import Options, Outcome, simulate


@dataclass(frozen=True, slots=True)
class Kept:
    """What to play, and which law it broke when it was found."""

    trial: Trial
    options: Options
    broke: str

    def play(self) -> Outcome:
        """What comes of it now."""
        return simulate(self.trial.seed, self.trial.options(self.options))

    def plain(self) -> dict[str, Any]:
        """As it stands in the file."""
        faults = None if self.options.faults is None else list(self.options.faults)
        played = {"days": self.options.days, "deeds": self.options.deeds, "faults": faults}
        which = {"seed": self.trial.seed, "switches": self.trial.switches}
        route = {"route": self.options.route} if self.options.route else {}
        return {**which, **played, **route, "broke": self.broke}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Kept:
        """Read one entry of the file."""
        faults = None if plain["faults"] is None else tuple(plain["faults"])
        options = Options(
            days=plain["days"], deeds=plain["deeds"], faults=faults, route=plain.get("route", "")
        )
        return cls(trial(plain["seed"], plain["switches"]), options, plain["broke"])


def read(path: Path) -> list[Kept]:
    """All that the file has."""
    return [Kept.of(one) for one in json.loads(path.read_text())]


def keep(kept: Kept, path: Path) -> bool:
    """Add it, unless the file has it already or is not there (a simulation outside of the repository); whether it was added."""
    if not path.exists() or kept in (all_ := read(path)):
        return False
    lines = ",\n".join(f"  {json.dumps(one.plain())}" for one in [*all_, kept])
    path.write_text(f"[\n{lines}\n]\n")
    return True

"""One pair of the simulated world: a FreshBooks business, the NAV company that it feeds, and the people who work in both."""

from __future__ import annotations

from dataclasses import dataclass, field

from tieout.engine.ports import Pair
from tieout_sandboxes.people import FreshbooksPerson
from tieout_simulator.bookkeepers import Bookkeeper
from tieout_simulator.mischief import Mischief
from tieout_simulator.poster import Poster
from tieout_simulator.sandboxes import FreshBooks, Nav

FIRST_IDS = {"client": 900_001, "invoice": 900_001, "payment": 900_001, "credit_note": 900_001}


@dataclass
class Side:
    """See above. ``excuses`` are why a consent may have to be asked for, since it was given last."""

    name: str
    pair: Pair
    freshbooks: FreshBooks
    nav: Nav
    person: FreshbooksPerson
    clerk: Bookkeeper
    mischief: Mischief
    excuses: list[str] = field(default_factory=list)
    poster: Poster | None = None

    def sign_in(self) -> None:
        """Whoever works in FreshBooks does so under a consent that is good now."""
        self.person.sign_in(self.freshbooks.books.grants.issue().access_token)

    async def number_apart(self) -> None:
        """Records have other ids than those of the first business, so that documents are told apart where both are judged together."""
        await self.person.control("next_id", FIRST_IDS)

"""The database of one Tieout installation, as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tieout.store.adoptions import Adoptions
from tieout.store.agreement import Agreement
from tieout.store.approvals import Approvals
from tieout.store.callbacks import Callbacks
from tieout.store.commands import Commands
from tieout.store.connections import Connections
from tieout.store.consents import Consents
from tieout.store.documents import Documents
from tieout.store.events import Events
from tieout.store.explain import Dossiers
from tieout.store.frozen import FrozenDays
from tieout.store.inbox import Inbox
from tieout.store.lease import Leases
from tieout.store.line import Lines
from tieout.store.polls import Polls
from tieout.store.recorded import Records
from tieout.store.settle import Settling
from tieout.store.tokens import ConnectionTokens


class PostgresStore(
    Connections,
    Consents,
    Inbox,
    Leases,
    Commands,
    Settling,
    Documents,
    Callbacks,
    Polls,
    Approvals,
    Adoptions,
    Lines,
    Events,
    Records,
    Dossiers,
    Agreement,
    FrozenDays,
):
    """``engine.ports.Store`` on PostgreSQL, and what the command line, the web service and the wiring ask besides.

    Each part is a module; what they share is ``Database``. Close it when done.
    """

    def tokens(
        self, connection_id: int, owner: str, clock: Callable[[], datetime]
    ) -> ConnectionTokens:
        """The tokens of a FreshBooks connection, and the right to renew them; ``owner`` names the process."""
        return ConnectionTokens(self, connection_id, owner, clock)

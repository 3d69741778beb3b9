"""A server that answers as FreshBooks does, in memory, for tests and demonstrations."""

from tieout_sandboxes.freshbooks.server import FreshBooksServer, serve_freshbooks
from tieout_sandboxes.freshbooks.switches import Switches

__all__ = ["FreshBooksServer", "Switches", "serve_freshbooks"]

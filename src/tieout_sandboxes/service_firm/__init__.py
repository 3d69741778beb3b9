"""A year of a service firm, generated from a seed and written into a FreshBooks sandbox in the order of time."""

from tieout_sandboxes.service_firm.play import Played, load_service_firm
from tieout_sandboxes.service_firm.year import ServiceFirm

__all__ = ["Played", "ServiceFirm", "load_service_firm"]

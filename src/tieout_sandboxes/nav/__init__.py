"""A server that answers as Microsoft Dynamics NAV 2018 does: OData V3 and V4, SOAP and the gateway."""

from __future__ import annotations

"""Tieout keeps FreshBooks and Microsoft Dynamics NAV in agreement, and proves it."""

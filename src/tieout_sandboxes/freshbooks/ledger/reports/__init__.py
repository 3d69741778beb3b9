"""The reports that FreshBooks makes of its own books."""

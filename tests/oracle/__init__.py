"""An oracle of the tie-out: both servers' raw answers laid out on sheets, as an auditor would, and every figure worked out anew.

What works figures out imports nothing of the product. ``play.py`` knows it, which starts a world and asks both, and ``touch.py``, which has people work there.
"""

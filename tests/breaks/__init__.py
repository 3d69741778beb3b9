"""Breaks planted by people's hands in the books of a small firm, behind Tieout's back: is each found, rightly named, and cured where a cure is offered?"""

"""Synthesis: from prose to accepted pairs (ask, parse, filter, judge).

Prints nothing: it reports events.
"""

"""From prose to accepted pairs: ask, parse, filter, judge. Prints nothing, reports events."""

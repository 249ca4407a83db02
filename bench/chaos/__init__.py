"""Chaos campaign: kills, faults and fuzzing, bounded in time (`make chaos`)."""

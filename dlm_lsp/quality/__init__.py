"""Pair quality: language, numbers, grounding, self-containedness, near-duplicates. Pure values."""

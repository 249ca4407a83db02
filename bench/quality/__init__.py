"""Pair quality: what teachers write about real texts, graded by reading."""

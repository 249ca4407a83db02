"""Base model as teacher: it was never taught to follow instructions, so it learns by example."""

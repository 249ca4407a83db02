"""Editor features: pure functions from a Document and an offset to plain values."""

"""Local models: load, generate, score, in a worker process. The only room with torch in it."""

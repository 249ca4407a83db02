"""Local models: load, generate and score, in a worker process.

Beside `training/` this is the only room with torch. `model.py` is its door; what loads weights,
lays out a chat or checks an adapter is here alone, and `training/` uses it.
"""

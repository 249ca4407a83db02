"""Fine-tuning: from a document's rows to an adapter that is current only when it is whole.

`run.py` is the parent's side, which alone writes to the store; `trainer.py` runs in a process of
its own. Weights, tokenizers and chat templates come from `local/`.
"""

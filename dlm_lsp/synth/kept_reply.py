"""How a reply stands in the cache."""

import json
from dataclasses import asdict

from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.teachers.protocol import Ask, Reply, Teacher


def keep(cache: ReplyCache, teacher: Teacher, ask: Ask, reply: Reply) -> None:
    """Put a reply on disk.

    Raises:
        StoreError: the cache cannot be written.
    """
    cache.put(teacher.name, teacher.fingerprint(ask), json.dumps(asdict(reply)))


def look_up(cache: ReplyCache, teacher: Teacher, ask: Ask) -> Reply | None:
    """Return the reply that is kept for `ask`, None where there is none that can be read.

    Raises:
        StoreError: the cache cannot be read.
    """
    payload = cache.get(teacher.name, teacher.fingerprint(ask))
    if payload is None:
        return None
    try:
        kept = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    match kept:
        case {
            "text": str(text),
            "tokens_in": int() | None as tokens_in,
            "tokens_out": int() | None as tokens_out,
            "finish": "stop" | "length" | "refusal" as finish,
        } if isinstance(note := kept.get("note", ""), str):
            return Reply(text, tokens_in, tokens_out, finish, note)
    return None

"""Which teacher a selector names."""

import re
from pathlib import Path

from rapidfuzz import fuzz, process

from dlm_lsp.errors import SelectorError
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher

FORMS = (
    "self, hf:<registry key, hub id or folder>, openai:<model>, anthropic:<model>, "
    "vllm-server:<url>[#model]"
)
_KINDS = ("self", "hf", "openai", "anthropic", "vllm-server")
_MODEL = re.compile(r"[\w./:@+~=,-]+")


def select(
    selector: str,
    sampling: GenerationOptions,
    *,
    concurrency: int,
    timeout: float,
    adapter: Path | None = None,
    base_model: str | None = None,
) -> Teacher:
    """Return the teacher that the selector names, not yet prepared.

    `concurrency` bounds the requests in flight, `timeout` one attempt in seconds; `adapter` and
    `base_model` are the document's, for `self`.

    Raises:
        SelectorError: it names none; a URL, which may hold a password, is not repeated.
        TeacherError: the teacher cannot be, with the remedy.
    """
    kind, rest = check_selector(selector)
    if kind == "self":
        from dlm_lsp.teachers.self_teacher import self_teacher

        return self_teacher(base_model, adapter, sampling)
    if kind == "hf":
        from dlm_lsp.teachers.base_model.teacher import HfTeacher

        return HfTeacher(rest, sampling)
    if kind == "vllm-server":
        from dlm_lsp.teachers.openai_chat import vllm_server_teacher

        return vllm_server_teacher(rest, sampling, concurrency=concurrency, timeout=timeout)
    if kind == "openai":
        from dlm_lsp.teachers.openai_chat import openai_teacher

        return openai_teacher(rest, sampling, concurrency=concurrency, timeout=timeout)
    from dlm_lsp.teachers.anthropic_messages import anthropic_teacher

    return anthropic_teacher(rest, sampling, concurrency=concurrency, timeout=timeout)


def check_selector(selector: str) -> tuple[str, str]:
    """Return the kind of teacher that the selector names, and which of that kind.

    Raises:
        SelectorError: it names none.
    """
    kind, colon, rest = selector.strip().partition(":")
    if kind not in _KINDS or (kind == "self" and colon):
        raise SelectorError(_unknown(kind))
    if kind != "self" and not rest:
        raise SelectorError(f"{kind}: names nothing; a teacher is one of {FORMS}")
    if kind == "vllm-server":
        from dlm_lsp.teachers.openai_chat import vllm_server

        _check_model(kind, vllm_server(rest)[1] or "unnamed")
    elif kind in ("openai", "anthropic"):
        _check_model(kind, rest)
    return kind, rest


def _check_model(kind: str, model: str) -> None:
    # The name goes into a marker line, between quotes, inside an HTML comment.
    if not _MODEL.fullmatch(model):
        raise SelectorError(
            f"the model of {kind}: holds a blank, a quote or another character that no model "
            f"name has; a teacher is one of {FORMS}"
        )


def _unknown(kind: str) -> str:
    named = kind if re.fullmatch(r"[\w-]{1,20}", kind) else ""
    close = process.extractOne(named, _KINDS, scorer=fuzz.ratio, score_cutoff=60) if named else None
    meant = f" (did you mean {close[0]}?)" if close and close[0] != named else ""
    return f"no such teacher{f': {named}' if named else ''}{meant}; a teacher is one of {FORMS}"

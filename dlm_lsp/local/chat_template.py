"""Chat template: a conversation laid out for a model in its own way, or as plain Q and A."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from dlm_lsp.errors import ModelError

TEMPLATE_FILE = "chat_template.jinja"
_PLAIN = (
    "BEGIN{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] }}\n\n"
    "{% elif message['role'] == 'user' %}Q: {{ message['content'] }}\n"
    "{% else %}A: {{ message['content'] }}END{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}A:{% endif %}"
)
# Some templates write the date. The real one would give other weights on each day, and ask an
# adapter in another way than it was trained. A macro, for transformers lets no function through.
_NEW_YEAR = {
    **{"%a": "Thu", "%A": "Thursday", "%b": "Jan", "%B": "January", "%d": "01", "%-d": "1"},
    **{"%m": "01", "%-m": "1", "%y": "26", "%Y": "2026", "%j": "001", "%F": "2026-01-01"},
    **{"%H": "00", "%M": "00", "%S": "00"},
}
_SAME_DAY = (
    "{% macro strftime_now(format) %}{{ format"
    + "".join(f" | replace('{code}', '{text}')" for code, text in _NEW_YEAR.items())
    + " }}{% endmacro %}\n"
)


def template_of(tokenizer: Any, adapter: Path | None = None) -> str:
    """Return the template that a model is spoken to with, that of its adapter first.

    A tokenizer without one gets `Q:` and `A:` lines.

    Raises:
        ModelError: the adapter's template cannot be read, or the model has several and no default.
    """
    if adapter is not None and (adapter / TEMPLATE_FILE).is_file():
        try:
            return (adapter / TEMPLATE_FILE).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(
                f"cannot read {adapter / TEMPLATE_FILE} ({error}); train again"
            ) from error
    if tokenizer.chat_template:
        return _own(tokenizer)
    begins = list(tokenizer("").input_ids)[:1] == [tokenizer.bos_token_id]
    begin = "{{ bos_token }}" if begins else ""
    return _PLAIN.replace("BEGIN", begin).replace("END", "{{ eos_token }}")


def render_prompt(
    tokenizer: Any,
    template: str,
    system: str | None,
    question: str,
    examples: Sequence[tuple[str, str]] = (),
) -> str:
    """Return what the model reads before it answers, special tokens included."""
    shown = [
        turn for asked, answer in examples for turn in (("user", asked), ("assistant", answer))
    ]
    return _rendered(tokenizer, template, system, [*shown, ("user", question)], ends=False)


def render_exchange(
    tokenizer: Any, template: str, system: str | None, question: str, answer: str
) -> tuple[str, str]:
    """Return what the model reads, and what it is to answer."""
    before = render_prompt(tokenizer, template, system, question)
    turns = [("user", question), ("assistant", answer)]
    whole = _rendered(tokenizer, template, system, turns, ends=True)
    if whole.startswith(before):
        return before, whole[len(before) :]
    # Some templates lay out a past turn in another way than the one to come.
    return before, f"{answer}{tokenizer.eos_token or ''}"


def end_of_turn(tokenizer: Any, template: str) -> int | None:
    """Return the special token that a template puts behind an answer, None where it puts none."""
    from jinja2 import TemplateError

    answer = "Yes."
    turns = [("user", "Ready?"), ("assistant", answer)]
    try:
        whole = _rendered(tokenizer, template, None, turns, ends=True)
    except TemplateError:
        return None
    _, separator, behind = whole.rpartition(answer)
    if not separator:
        return None
    added = tokenizer.added_tokens_decoder
    ids = tokenizer(behind, add_special_tokens=False).input_ids
    return next((token for token in ids if token in added and added[token].special), None)


def _own(tokenizer: Any) -> str:
    try:
        # Some models bring several by name, such as one for tools.
        return str(tokenizer.get_chat_template())
    except ValueError as error:
        names = ", ".join(sorted(tokenizer.chat_template))
        raise ModelError(
            f"the model has several chat templates ({names}) and none is the default; "
            "take another model"
        ) from error


def _rendered(
    tokenizer: Any,
    template: str,
    system: str | None,
    turns: list[tuple[str, str]],
    *,
    ends: bool,
) -> str:
    from jinja2 import TemplateError

    if "strftime_now" in template:
        template = _SAME_DAY + template
    render = partial(_applied, tokenizer, template, ends=ends)
    if not system:
        return render(turns)
    # Some templates refuse a system turn, others pass over it.
    with suppress(TemplateError):
        text = render([("system", system), *turns])
        if system.strip() in text or text != render(turns):
            return text
    (role, first), *rest = turns
    return render([(role, f"{system}\n\n{first}"), *rest])


def _applied(tokenizer: Any, template: str, turns: list[tuple[str, str]], *, ends: bool) -> str:
    return str(
        tokenizer.apply_chat_template(
            [{"role": role, "content": content} for role, content in turns],
            chat_template=template,
            tokenize=False,
            add_generation_prompt=not ends,
            enable_thinking=False,
        )
    )

"""Prompt command: `dlm prompt` asks the document's model, with or without its adapter."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Literal

import anyio
from rich.table import Table
from rich.text import Text

from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.output import escape_controls, out, print_json, print_notice, print_result
from dlm_lsp.cli.paths import resolve_path
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.local.model import ChatOptions, LocalModel
from dlm_lsp.store.adapters import current_adapter, first_adapter, other_base

Answerer = Literal["adapter", "base", "both"]


def prompt_document(
    path: str,
    question: str | None,
    answerer: Answerer,
    name: str | None,
    options: ChatOptions,
    *,
    device: str,
    as_json: bool,
) -> int:
    """Answer a question from the current adapter, the untouched base model, or both.

    Where it is None, it is what stands on stdin.
    """
    question = _read_question() if question is None else question
    if not question.strip():
        raise UsageError("the question is empty; write one")
    opened = load_document(resolve_path(path, "ask"))
    adapter = _adapter(opened, name, needed=answerer != "base")
    chat = ChatOptions(
        opened.frontmatter.system_prompt, adapter, options.max_new_tokens, options.sampling
    )
    model = LocalModel(opened.frontmatter.base_model, adapter, device)
    answers = anyio.run(_answers, model, question, chat, answerer)
    if as_json:
        version = adapter.name if adapter and answerer != "base" else None
        print_json({"question": question, "adapter_version": version, **answers})
    elif answerer == "both":
        _print_both(answers, adapter)
    else:
        print_result(next(iter(answers.values())))
    return DONE


def _read_question() -> str:
    if sys.stdin.isatty():
        print_notice("What to ask, ended with Ctrl-D on a line of its own:")
    try:
        return sys.stdin.buffer.read().decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise UsageError("the question on stdin is not UTF-8; write it as UTF-8") from error


def _adapter(opened: LoadedDocument, name: str | None, *, needed: bool) -> Path | None:
    names = opened.frontmatter.training.adapters or {}
    if name is not None and name not in names:
        there = f"it has {', '.join(names)}" if names else "it names none"
        raise UsageError(f"{opened.path} has no adapter {name} ({there}); leave --adapter out")
    try:
        adapter = current_adapter(opened.folder, name or first_adapter(opened.frontmatter))
    except StoreError as error:
        if needed:
            raise
        # Only its template would be taken, so that both are asked alike.
        print_notice(f"note: the base model is asked in its own template, for {error}")
        return None
    if adapter is None and needed:
        raise StoreError(_untrained(opened, name))
    base_model = opened.frontmatter.base_model
    if adapter and needed and (other := other_base(adapter, base_model)):
        print_notice(
            f"note: adapter {adapter.name} was trained on {other}, and the document names "
            f"{base_model}; if these are two models, train again"
        )
    return adapter


def _untrained(opened: LoadedDocument, name: str | None) -> str:
    asked = name or first_adapter(opened.frontmatter)
    train = f"dlm train {shlex.quote(str(opened.path))}"
    if asked is None:
        return (
            f"{opened.path} has no trained adapter: train one with `{train}`, "
            "or ask the base model with --base"
        )
    adapters = opened.frontmatter.training.adapters or ()
    trained = [adapter for adapter in adapters if _trained(opened, adapter)]
    others = f", ask another with --adapter ({', '.join(trained)})" if trained else ""
    return (
        f"{opened.path} has no trained adapter {asked}: train it with `{train} --adapter {asked}`"
        f"{others}, or ask the base model with --base"
    )


def _trained(opened: LoadedDocument, name: str) -> bool:
    try:
        return current_adapter(opened.folder, name) is not None
    except StoreError:
        return False


async def _answers(
    model: LocalModel, question: str, options: ChatOptions, answerer: Answerer
) -> dict[str, str]:
    answers = {}
    if answerer != "adapter":
        answers["base"] = await replace(model, adapter=None).answer(question, options)
    if answerer != "base":
        answers["adapter"] = await model.answer(question, options)
    return answers


def _print_both(answers: dict[str, str], adapter: Path | None) -> None:
    table = Table(expand=True, show_lines=False, pad_edge=False)
    table.add_column("base", ratio=1)
    table.add_column(f"adapter {adapter.name}" if adapter else "adapter", ratio=1)
    table.add_row(
        *(Text(escape_controls(answers[name]) or "(nothing)") for name in ("base", "adapter"))
    )
    out().print(table, soft_wrap=False)

"""Table of teachers: every kind of teacher is one row, and selectors are read by the rows.

To add a teacher, write its file and add its row to `TEACHER_KINDS`; a plugin brings its own row.
"""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.errors import OptionError, SelectorError, TeacherError
from dlm_lsp.teachers.kind import TeacherContext, TeacherKind
from dlm_lsp.teachers.plugins import plugin_kind, plugin_kinds
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher

_logger = logging.getLogger(__name__)
_MODEL = re.compile(r"[\w./:@+~=,-]+")


def _create_self(context: TeacherContext) -> Teacher:
    from dlm_lsp.teachers.self_teacher import self_teacher

    return self_teacher(context)


def _create_hf(context: TeacherContext) -> Teacher:
    from dlm_lsp.teachers.local_teacher import hf_teacher

    return hf_teacher(context)


def _create_openai(context: TeacherContext) -> Teacher:
    from dlm_lsp.teachers.openai_chat import openai_teacher

    return openai_teacher(context)


def _create_anthropic(context: TeacherContext) -> Teacher:
    from dlm_lsp.teachers.anthropic_messages import anthropic_teacher

    return anthropic_teacher(context)


def _create_vllm_server(context: TeacherContext) -> Teacher:
    from dlm_lsp.teachers.openai_chat import vllm_server_teacher

    return vllm_server_teacher(context)


def _whole_target(target: str) -> str:
    return target


def _model_of_server(target: str) -> str:
    from dlm_lsp.teachers.openai_chat import vllm_server

    return vllm_server(target)[1]


TEACHER_KINDS = (
    TeacherKind(
        name="self",
        description="the document's own trained adapter",
        create=_create_self,
        is_local=True,
        needs_adapter=True,
        import_name="torch",
        extra="local",
    ),
    TeacherKind(
        name="hf",
        target="<registry key, hub id or path>",
        description="a model on this machine: a registry key, a hub id, a folder or a GGUF file",
        create=_create_hf,
        is_local=True,
        import_name="torch",
        extra="local",
    ),
    TeacherKind(
        name="openai",
        target="<model>",
        description="OpenAI",
        create=_create_openai,
        model_in=_whole_target,
        takes_options=True,
        import_name="openai",
        extra="openai",
        key_variable="OPENAI_API_KEY",
        key_required=True,
    ),
    TeacherKind(
        name="anthropic",
        target="<model>",
        description="Anthropic",
        create=_create_anthropic,
        model_in=_whole_target,
        takes_options=True,
        import_name="anthropic",
        extra="anthropic",
        key_variable="ANTHROPIC_API_KEY",
        key_required=True,
    ),
    TeacherKind(
        name="vllm-server",
        target="<url>[#model]",
        description="any OpenAI-compatible server (vLLM, llama.cpp, ...)",
        create=_create_vllm_server,
        model_in=_model_of_server,
        takes_options=True,
        import_name="openai",
        extra="openai",
        key_variable="VLLM_API_KEY",
    ),
)
"""The teachers that come with this package, in the order in which they are listed."""

_OWN_KINDS = {kind.name: kind for kind in TEACHER_KINDS}


def all_kinds() -> tuple[TeacherKind, ...]:
    """Return our kinds and those of every plugin; a plugin that cannot be loaded is logged."""
    plugins = plugin_kinds(_OWN_KINDS)
    for problem in plugins.problems:
        _logger.warning("%s", problem)
    return (*TEACHER_KINDS, *plugins.kinds)


def find_kind(name: str) -> TeacherKind | None:
    """Return the kind of this name, importing a plugin only if it is none of ours.

    Raises:
        TeacherError: a plugin claims the name and cannot be loaded.
    """
    return _OWN_KINDS.get(name) or plugin_kind(name)


def forms() -> str:
    """Return the forms of all selectors as one line, for help texts and error messages."""
    return ", ".join(kind.form for kind in all_kinds())


def select(
    selector: str,
    sampling: GenerationOptions,
    *,
    concurrency: int,
    timeout: float,
    adapter: Path | None = None,
    base_model: str | None = None,
    options: Mapping[str, Any] | None = None,
    window: int | None = None,
) -> Teacher:
    """Return the teacher that the selector names, not yet prepared.

    `concurrency` bounds the requests in flight, `timeout` one attempt in seconds; `adapter` and
    `base_model` are the document's, for `self`; `options` and `window` are as in `TeacherContext`.

    Raises:
        OptionError: the teacher takes no options.
        SelectorError: it names none; a URL, which may hold a password, is not repeated.
        TeacherError: the teacher cannot be, with the remedy.
    """
    kind, target = check_selector(selector)
    check_options(selector, options)
    return kind.create(
        TeacherContext(
            target,
            sampling,
            concurrency=concurrency,
            timeout=timeout,
            adapter=adapter,
            base_model=base_model,
            options=options,
            window=window,
        )
    )


def check_options(selector: str, options: Mapping[str, Any] | None) -> None:
    """Check that the teacher that the selector names takes options, if there are any.

    Raises:
        OptionError: it takes none.
        SelectorError: it names none.
    """
    kind, _ = check_selector(selector)
    if options and not kind.takes_options:
        raise OptionError(
            "teacher_options",
            ", ".join(options),
            f"goes to a server, and the teacher {kind.name} is none; leave it out",
        )


def split_selector(selector: str) -> tuple[TeacherKind, str] | None:
    """Return the kind of teacher and its target; None where the selector has no known form.

    Raises:
        TeacherError: a plugin claims the kind and cannot be loaded.
    """
    name, colon, target = selector.strip().partition(":")
    kind = find_kind(name)
    if kind is None or bool(colon) != bool(kind.target) or bool(target) != bool(kind.target):
        return None
    return kind, target


def check_selector(selector: str) -> tuple[TeacherKind, str]:
    """Return the kind of teacher that the selector names, and its target.

    Raises:
        SelectorError: it names none.
        TeacherError: a plugin claims the kind and cannot be loaded.
    """
    parts = split_selector(selector)
    if parts is None:
        raise SelectorError(_no_such_teacher(selector.strip()))
    kind, target = parts
    # The name goes into a marker line, between quotes, inside an HTML comment.
    if not _MODEL.fullmatch(_model_in(kind, target) or "unnamed"):
        raise SelectorError(
            f"the model of {kind.name}: holds a blank, a quote or another character that no model "
            f"name has; a teacher is one of {forms()}"
        )
    return kind, target


def _model_in(kind: TeacherKind, target: str) -> str:
    try:
        return kind.model_in(target)
    except TeacherError:
        raise
    except Exception as error:
        raise TeacherError(
            f"the teacher {kind.name} fails at its target ({type(error).__name__}); "
            "update or uninstall its plugin"
        ) from error


def _no_such_teacher(selector: str) -> str:
    name, _, target = selector.partition(":")
    kind = find_kind(name)
    if kind is not None and kind.target and not target:
        return f"{name}: names nothing; a teacher is one of {forms()}"
    shown = name if re.fullmatch(r"[\w-]{1,20}", name) else ""
    close = closest_name(shown, [kind.name for kind in all_kinds()]) if shown else None
    hint = f" (did you mean {close}?)" if close and close != shown else ""
    return f"no such teacher{f': {shown}' if shown else ''}{hint}; a teacher is one of {forms()}"

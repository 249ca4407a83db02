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
from dlm_lsp.teachers.api_keys import ANTHROPIC_KEYS, ApiKey, key_for
from dlm_lsp.teachers.batches import BatchApi
from dlm_lsp.teachers.endpoint import anthropic_endpoint
from dlm_lsp.teachers.kind import TeacherContext, TeacherKind
from dlm_lsp.teachers.openai_address import openai_endpoint, vllm_server
from dlm_lsp.teachers.plugins import plugin_kind, plugin_kinds
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher
from dlm_lsp.teachers.request_limit import FIRST, MOST

_logger = logging.getLogger(__name__)
# The marker puts a name between quotes into a comment; whoever copies `<model>` is told, too.
_UNNAMEABLE = re.compile(r'["<>\x00-\x1f\x7f-\x9f\u2028\u2029]')


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


def _openai_batches(teacher: Any) -> BatchApi:
    from dlm_lsp.teachers.openai_batches import OpenAiBatches

    return OpenAiBatches(teacher)


def _anthropic_batches(teacher: Any) -> BatchApi:
    from dlm_lsp.teachers.anthropic_batches import AnthropicBatches

    return AnthropicBatches(teacher)


def _whole_target(target: str) -> str:
    return target


def _model_of_server(target: str) -> str:
    return vllm_server(target)[1]


def _key_of_openai(target: str) -> ApiKey:
    return key_for(openai_endpoint(), ("OPENAI_API_KEY",), required=True)


def _key_of_anthropic(target: str) -> ApiKey:
    return key_for(anthropic_endpoint(), ANTHROPIC_KEYS, required=True)


def _key_of_server(target: str) -> ApiKey:
    own = ("VLLM_API_KEY",)
    return key_for(vllm_server(target or "localhost")[0], own, required=False)


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
        batches=_openai_batches,
        model_in=_whole_target,
        takes_options=True,
        import_name="openai",
        extra="openai",
        key_variable="OPENAI_API_KEY",
        key_required=True,
        key_of=_key_of_openai,
    ),
    TeacherKind(
        name="anthropic",
        target="<model>",
        description="Anthropic",
        create=_create_anthropic,
        batches=_anthropic_batches,
        model_in=_whole_target,
        takes_options=True,
        import_name="anthropic",
        extra="anthropic",
        key_variable="ANTHROPIC_API_KEY",
        key_required=True,
        key_of=_key_of_anthropic,
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
        key_of=_key_of_server,
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
    concurrency: int | None,
    timeout: float,
    adapter: Path | None = None,
    base_model: str | None = None,
    options: Mapping[str, Any] | None = None,
    window: int | None = None,
    device: str = "auto",
) -> Teacher:
    """Return the teacher that the selector names, not yet prepared.

    `concurrency` bounds the requests in flight (None: a few, and more while the server keeps up),
    `timeout` one attempt in seconds; `adapter` and `base_model` are the document's, for `self`;
    `options`, `window` and `device` are as in `TeacherContext`.

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
            concurrency=concurrency or FIRST,
            up_to=None if concurrency else MOST,
            timeout=timeout,
            adapter=adapter,
            base_model=base_model,
            options=options,
            window=window,
            device=device,
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
    kind, target = find_kind(name), target.strip()
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
    if _UNNAMEABLE.search(_model_in(kind, target)):
        raise SelectorError(
            f"the model of {kind.name}: holds a quote, an angle bracket or a line break, which no "
            f"model name has; a teacher is one of {forms()}"
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

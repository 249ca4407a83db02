"""Teacher kind: one row of the table of teachers, ours or a plugin's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlm_lsp.install_hint import DISTRIBUTION, install_hint
from dlm_lsp.teachers.api_keys import ApiKey
from dlm_lsp.teachers.batches import BatchApi
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher


@dataclass(frozen=True, slots=True)
class TeacherContext:
    """All that a factory may need to create a teacher.

    `target` is the part of the selector after the colon; `concurrency` bounds the requests in
    flight, `timeout` one attempt in seconds; `adapter` and `base_model` are the document's. A
    teacher that sees its server keep up may have `up_to` so many in flight.
    `options` go into the body of each request and into the fingerprint; `window` is how many tokens
    the model reads, for prompt and reply together, where the user says so. `device` is what a model
    on this machine runs on: auto, cpu, cuda, cuda:N or mps.
    """

    target: str
    sampling: GenerationOptions
    concurrency: int
    timeout: float
    adapter: Path | None = None
    base_model: str | None = None
    options: Mapping[str, Any] | None = None
    window: int | None = None
    up_to: int | None = None
    device: str = "auto"


def _no_model(target: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherKind:
    """A kind of teacher: how a selector names it, what it needs, and the factory that creates one.

    A plugin's entry point (group `dlm_lsp.teachers`) is called `name` and leads to such a row.
    """

    name: str
    """The part of a selector before the colon: lower-case letters, digits and hyphens."""
    description: str
    """Who that is, in one line."""
    create: Callable[[TeacherContext], Teacher]
    """Return a teacher that is not yet prepared; TeacherError with the remedy.

    The client library is imported by the teacher's `prepare`, not by the module of this row.
    """
    target: str = ""
    """The placeholder for what follows the colon, such as `<model>`; empty where nothing does."""
    model_in: Callable[[str], str] = _no_model
    """Return the model that a target names, which a marker has to hold; empty where there is none.

    SelectorError for a target that cannot be read.
    """
    is_local: bool = False
    """Whether the model runs in a process of ours, so that no prose can leave this machine."""
    needs_adapter: bool = False
    """Whether the document's trained adapter is what answers."""
    batches: Callable[[Any], BatchApi] | None = None
    """Return the batches of a connected teacher of this kind; None where the provider has none."""
    takes_options: bool = False
    """Whether it heeds the `options` of a context; a run that has some is refused otherwise."""
    import_name: str | None = None
    """The package that has to be installed."""
    extra: str | None = None
    """The extra of `distribution` that brings it."""
    distribution: str = DISTRIBUTION
    key_variable: str | None = None
    """The environment variable of the key."""
    key_required: bool = False
    key_of: Callable[[str], ApiKey] | None = None
    """Return the key that a target, or the empty one, is asked with, where more than
    `key_variable` decides that; TeacherError with the remedy where it cannot be used."""

    @property
    def form(self) -> str:
        """The form of its selectors, such as `openai:<model>`."""
        return f"{self.name}:{self.target}" if self.target else self.name

    @property
    def install_hint(self) -> str:
        """The command to run where `import_name` is missing."""
        return install_hint(self.extra, self.distribution)


def row_fault(kind: TeacherKind) -> str | None:
    """Return what is wrong with the row of a plugin, None where nothing shows."""
    texts: tuple[object, ...] = (kind.name, kind.description, kind.target, kind.distribution)
    optional: tuple[object, ...] = (kind.import_name, kind.extra, kind.key_variable)
    if not all(isinstance(text, str) for text in texts) or not all(
        text is None or isinstance(text, str) for text in optional
    ):
        return "a field that takes a text holds something else"
    if not all(callable(each) for each in (kind.create, kind.model_in, kind.key_of or _no_model)):
        return "create, model_in or key_of cannot be called"
    if not kind.description or "\n" in kind.description:
        return "the description is not one line"
    if kind.key_required and kind.key_variable is None:
        return "a required key has no variable"
    if kind.extra and kind.import_name is None:
        return "an extra brings no package to import"
    return None

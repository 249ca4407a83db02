"""Frontmatter: its values, and everything that is wrong with them (format §2)."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from pydantic import ValidationError

from dlm_lsp.document.base_models import HUB_PREFIX, base_models, model_path
from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import without_last_break
from dlm_lsp.document.migrations import migrate
from dlm_lsp.document.private_paths import private_source
from dlm_lsp.document.problem import Problem, Severity
from dlm_lsp.document.schema import CURRENT_VERSION, Frontmatter
from dlm_lsp.document.schema_problem import quote_value, replace_name, schema_problems
from dlm_lsp.document.yaml_tree import YamlTree, mapping_entries, read_yaml_tree

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_OPENING_LENGTH = len("---")
_ONLY_HERE = (
    "a path to a model is read by this tool alone: where others are to train the document too, "
    "name a key of the registry or `hf:org/name`"
)
# What concerns the frontmatter as a whole stands, for the moment, before its first character.
_WHOLE = Span(-1, -1)


def read_frontmatter(text: str, span: Span) -> tuple[Frontmatter | None, list[Problem]]:
    """Return the frontmatter in `text[span]` and its problems, in the order of the text.

    `span` is what stands between the two `---` lines. What concerns the frontmatter as a whole,
    such as a missing key, has the span of the first of them. The frontmatter is None where a
    problem is an error.
    """
    frontmatter, problems = _read(text[span.start : without_last_break(text, span.start, span.end)])
    end = without_last_break(text, 0, span.start)
    opening = Span(max(0, end - _OPENING_LENGTH), end)
    return frontmatter, [_shift_problem(problem, span.start, opening) for problem in problems]


def _shift_problem(problem: Problem, by: int, opening: Span) -> Problem:
    def shift(span: Span) -> Span:
        return opening if span == _WHOLE else Span(span.start + by, span.end + by)

    fix = problem.fix
    if fix:
        edits = tuple(Edit(shift(edit.span), edit.text) for edit in fix.edits)
        fix = replace(fix, edits=edits)
    return replace(problem, span=shift(problem.span), fix=fix)


# An editor asks again at each keystroke, and few keystrokes are in the frontmatter. A run over many
# documents asks for the head of each, and for the whole once others have been begun.
@lru_cache(maxsize=256)
def _read(yaml: str) -> tuple[Frontmatter | None, tuple[Problem, ...]]:
    # Nothing but white space counts as an empty mapping; nothing but a comment does not.
    root, problems = read_yaml_tree(yaml) if yaml.strip() else (mapping_entries(_WHOLE, {}), [])
    frontmatter = None
    if root and isinstance(root.value, dict):
        frontmatter, value_problems = _validate(yaml, root)
        problems += value_problems
    elif not _errors(problems):
        span = root.span if root else _WHOLE
        message = "a frontmatter is a mapping: lines of `key: value`"
        problems.append(Problem("not-a-mapping", Severity.ERROR, span, message))
    return None if _errors(problems) else frontmatter, _first_per_span(problems)


def _validate(yaml: str, root: YamlTree) -> tuple[Frontmatter | None, list[Problem]]:
    version, problems = _version(yaml, root)
    if version > CURRENT_VERSION:
        return None, problems
    root, migration_problems = migrate(root, version)
    problems += migration_problems + _base_model(yaml, root) + _private_sources(root)
    try:
        values = {**root.value, "dlm_version": CURRENT_VERSION}
        return Frontmatter.model_validate(values), problems
    except ValidationError as error:
        return None, problems + schema_problems(yaml, replace(root, span=_WHOLE), error)


def _version(yaml: str, root: YamlTree) -> tuple[int, list[Problem]]:
    """Return the version to read `root` as, and what is wrong with the one it names."""
    entry = root.entries.get("dlm_version")
    if entry is None:
        return 1, []
    value, span = entry.tree.value, entry.tree.span
    if type(value) is int and 1 <= value <= CURRENT_VERSION:
        return value, []
    words = quote_value(yaml, span)
    if type(value) is int and value > CURRENT_VERSION:
        message = (
            f"version {words} was written by a newer tool; "
            f"this one reads up to {CURRENT_VERSION}: update it"
        )
        return value, [Problem("newer-version", Severity.ERROR, span, message)]
    message = f"`dlm_version` takes a whole number from 1 to {CURRENT_VERSION}, not {words}"
    old = str(value) if isinstance(value, (str, float)) else ""
    new = old.removesuffix(".0")
    is_version = new in map(str, range(1, CURRENT_VERSION + 1))
    fix = replace_name(yaml, span, old, new) if is_version else None
    at = span if span.start < span.end else entry.key
    return CURRENT_VERSION, [Problem("invalid-value", Severity.ERROR, at, message, fix)]


def _base_model(yaml: str, root: YamlTree) -> list[Problem]:
    entry = root.entries.get("base_model")
    name = entry.tree.value if entry else None
    if entry is None or not isinstance(name, str) or not name or name in base_models():
        return []
    hub_id = name.removeprefix(HUB_PREFIX)
    span = entry.tree.span
    is_path, is_hub_id = model_path(name) is not None, _HUB_ID.fullmatch(hub_id) is not None
    if is_path and name != hub_id:
        return [Problem("local-base-model", Severity.WARNING, span, _ONLY_HERE)]
    if is_hub_id and name != hub_id:
        return []
    suggestion = (
        f"{HUB_PREFIX}{name}" if is_path or is_hub_id else closest_name(hub_id, base_models())
    )
    message = f"{quote_value(yaml, span)} is neither a key of the registry nor `hf:org/name`"
    message += f": did you mean `{suggestion}`?" if suggestion else ""
    fix = replace_name(yaml, span, name, suggestion) if suggestion else None
    return [Problem("unknown-base-model", Severity.WARNING, span, message, fix)]


def missing_base_model(problems: Iterable[Problem], base_model: str) -> Problem | None:
    """Return the problem that the path of a base model leads nowhere, where `problems` mark it."""
    marked = next((problem for problem in problems if problem.code == "local-base-model"), None)
    if marked is None:
        return None
    path = base_model.removeprefix(HUB_PREFIX)
    message = f"there is no file or folder `{path}`, seen from the document"
    return Problem("missing-file", Severity.WARNING, marked.span, message)


def _private_sources(root: YamlTree) -> list[Problem]:
    training = root.entries.get("training")
    sources = training.tree.entries.get("sources") if training else None
    problems: list[Problem] = []
    for source in sources.tree.items if sources else ():
        entry = source.entries.get("path")
        path = entry.tree.value if entry else None
        if entry and isinstance(path, str) and (reason := private_source(path)):
            message = f"{reason}: a training refuses this source; take it out"
            problems.append(Problem("private-source", Severity.WARNING, entry.tree.span, message))
    return problems


def _errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _first_per_span(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return `problems` in the order of the text; where two of one severity meet, the first."""
    first_at: dict[object, Problem] = {}
    for problem in problems:
        whole = problem.message if problem.span == _WHOLE else ""
        first_at.setdefault((problem.span, problem.severity, whole), problem)
    return tuple(sorted(first_at.values(), key=lambda problem: problem.span))

"""Folder rules: what `.dlm/training.yaml` and `.dlm/ignore` refine for the files of a subtree.

The rules and their order are those of format §10.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dlm_lsp.document.schema import SourceConfig
from dlm_lsp.errors import NotFoundError, StoreError
from dlm_lsp.store.files import read_file
from dlm_lsp.training.path_glob import lies_in_glob, matches_glob

CONFIG_FOLDER = ".dlm"
_LARGEST_FILE = 1_000_000
_DEFAULT_EXCLUDES = re.compile(
    r"(?:.*/)?(?:"
    r"(?:\.git|\.hg|\.svn|__pycache__|\.venv|venv|\.tox|node_modules|target|build|dist"
    r"|__generated__|generated|\.dlm)(?:/.*)?"
    r"|\.env(?:\.[^/]*)?|id_rsa|id_ed25519|secrets\.[^/]*"
    r"|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|uv\.lock|poetry\.lock"
    r"|Pipfile\.lock"
    r"|[^/]*\.(?:pem|key|pyc|pyo|min\.js|min\.css|map|rlib|class|jar|o|so|dylib|dll"
    r"|png|jpe?g|gif|webp|bmp|tiff?|ico|svgz|pdf|zip|tar|t?gz|xz|bz2|7z|rar|zst|wasm)"
    r")",
    re.IGNORECASE | re.DOTALL,
)

_Globs = tuple[str, ...]


class _TrainingYaml(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dlm_training_version: Literal[1]
    include: _Globs = ()
    exclude: _Globs = ()
    exclude_defaults: bool = True
    metadata: dict[str, str] = Field(default_factory=dict)
    weights: dict[str, dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]] = Field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class _IgnoreRule:
    pattern: str
    folders_only: bool
    takes_back: bool

    def matches(self, name: str) -> bool:
        """Say whether the rule is about this file or a folder that it lies in."""
        itself = not self.folders_only and matches_glob(name, self.pattern)
        return itself or lies_in_glob(name, self.pattern)


@dataclass(frozen=True, slots=True)
class FolderRules:
    """The rules for what lies below `folder`, which is seen from the source and ends in `/`."""

    folder: str
    config: _TrainingYaml | None = None
    ignored: tuple[_IgnoreRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a file is read, and how often each of its rows is.

    `reason` says why it is not; it is empty where the source's own patterns leave it out.
    """

    picked: bool
    reason: str = ""
    weight: float = 1.0


def read_folder_rules(root: Path, folder: str) -> tuple[FolderRules, tuple[str, ...]]:
    """Return the rules that the folder `folder` of a source brings, and what is wrong with them.

    Raises:
        StoreError: its `training.yaml` cannot be used; what it excludes would be learned.
    """
    place = root / folder / CONFIG_FOLDER
    config = _parse_config(place / "training.yaml")
    ignored, problems = _parse_ignored(_text(place / "ignore") or "")
    shown = f"{folder}{CONFIG_FOLDER}/ignore"
    return (
        FolderRules(folder, config, ignored),
        tuple(f"{shown} line {number}: {problem}" for number, problem in problems),
    )


def choose_file(name: str, source: SourceConfig, rules: Sequence[FolderRules]) -> Choice:
    """Return what the rules make of the file `name` of a source; `rules` come outermost first."""
    above = [each for each in rules if name.startswith(each.folder)]
    configs = [(each, each.config) for each in above if each.config]
    include, seen = source.include, name
    for each, config in configs:
        if config.include:
            include, seen = config.include, name.removeprefix(each.folder)
    if not _fits(seen, include):
        return Choice(picked=False)
    reason = _exclusion(name, source, above)
    if reason is not None:
        return Choice(picked=False, reason=reason)
    return Choice(picked=True, weight=_weight([config for _, config in configs]))


def _exclusion(name: str, source: SourceConfig, above: Sequence[FolderRules]) -> str | None:
    """Return why a file is excluded, empty for the source's own patterns; the last match wins."""
    configs = [(each, each.config) for each in above if each.config]
    reason = "" if _fits(name, source.exclude) else None
    by_default = configs[-1][1].exclude_defaults if configs else True
    if by_default and _DEFAULT_EXCLUDES.fullmatch(name):
        reason = "excluded by default"
    for each, config in configs:
        if _fits(name.removeprefix(each.folder), config.exclude):
            reason = f"excluded by {each.folder}{CONFIG_FOLDER}/training.yaml"
    for each in above:
        for rule in each.ignored:
            if rule.matches(name.removeprefix(each.folder)):
                ignored_by = f"excluded by {each.folder}{CONFIG_FOLDER}/ignore"
                reason = None if rule.takes_back else ignored_by
    return reason


def _weight(configs: Iterable[_TrainingYaml]) -> float:
    """Return the product of the factors of a file's tags; the deepest file wins for each."""
    tags: dict[str, str] = {}
    factors: dict[tuple[str, str], float] = {}
    for config in configs:
        tags |= config.metadata
        for key, by_value in config.weights.items():
            factors |= {(key, value): factor for value, factor in by_value.items()}
    weight = 1.0
    for tag in tags.items():
        weight *= factors.get(tag, 1.0)
    return weight


def _parse_config(path: Path) -> _TrainingYaml | None:
    text = _text(path)
    if text is None:
        return None
    try:
        return _TrainingYaml.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise StoreError(f"{path} is no YAML{where}; correct it") from error
    # Deeper than any such file is.
    except RecursionError as error:
        raise StoreError(f"{path} is nested too deep; correct it") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise StoreError(
            f"{path}: {f'{place}: ' if place else ''}{first['msg']}; correct it"
        ) from error


def _parse_ignored(text: str) -> tuple[tuple[_IgnoreRule, ...], list[tuple[int, str]]]:
    """Return the rules of an ignore file, and its bad lines by number, which are dropped."""
    rules: list[_IgnoreRule] = []
    problems: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        takes_back, folders_only = pattern != line, pattern.endswith("/")
        pattern = pattern.removesuffix("/")
        anchored = pattern.startswith("/")
        pattern = pattern.removeprefix("/")
        if not pattern:
            problems.append((number, "there is no pattern; the line is dropped"))
        elif set(pattern) & set("[]\\"):
            problems.append((number, "takes no [...] and no backslash; the line is dropped"))
        else:
            glob = pattern if anchored else f"**/{pattern}"
            rules.append(_IgnoreRule(glob, folders_only, takes_back))
    return tuple(rules), problems


def _text(path: Path) -> str | None:
    try:
        return read_file(path, _LARGEST_FILE, "shorten it").decode("utf-8-sig")
    except NotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise StoreError(f"{path} is not UTF-8; save it as that") from error


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(matches_glob(name, pattern) for pattern in patterns)

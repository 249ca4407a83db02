"""Selector completion: what a shell offers behind `--teacher` and its kin. Nothing is asked."""

from collections.abc import Iterator
from contextlib import suppress

from dlm_lsp.errors import DlmError


def complete_teacher(incomplete: str) -> list[str]:
    """Return the selectors that begin so: every kind, known models, and names of the profile."""
    return [selector for selector in _selectors() if selector.startswith(incomplete)]


def complete_judge(incomplete: str) -> list[str]:
    """Return the local models that begin so."""
    return [model for model in _local_models() if model.startswith(incomplete)]


def complete_verifier(incomplete: str) -> list[str]:
    """Return who may verify, as far as it begins so."""
    return [name for name in ("auto", "off", *_selectors()) if name.startswith(incomplete)]


def _selectors() -> Iterator[str]:
    from dlm_lsp.store.profile_files import ProfileFile, user_profile_path
    from dlm_lsp.synth.parse_profile import read_profile
    from dlm_lsp.teachers.price_list import read_prices
    from dlm_lsp.teachers.registry import all_kinds

    # Who completes is told of no problem; the run tells.
    with suppress(DlmError):
        yield from read_profile(ProfileFile(user_profile_path())).teachers
    for kind in all_kinds():
        yield f"{kind.name}:" if kind.target else kind.name
    yield from _local_models()
    prices = read_prices()
    for kind_name in ("openai", "anthropic"):
        for model in prices.models_at(f"api.{kind_name}.com"):
            yield f"{kind_name}:{model}"


def _local_models() -> Iterator[str]:
    from dlm_lsp.document.base_models import base_models

    return (f"hf:{key}" for key in base_models())

"""Fetch command: `dlm fetch` downloads a model; a run in the shell only those of the registry."""

from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.output import draws_progress, print_json, print_notice, print_result
from dlm_lsp.errors import ModelError
from dlm_lsp.local.fetch import fetch_model, plan_fetch
from dlm_lsp.local.weights import missing_model


def fetch(model: str, *, as_json: bool) -> int:
    """Download a model, unless it is on this machine."""
    folder = _fetched(model)
    if as_json:
        print_json({"model": model, "folder": folder})
    elif folder:
        print_result(f"{model} is now in {folder}")
    else:
        print_result(f"{model} is on this machine")
    return DONE


def fetch_for_run(model: str, *, named_by_user: bool) -> None:
    """Download a model that a run needs, where it is of the registry or the user named it.

    Any other that is not here the run itself refuses, with the command that gets it.
    """
    if _may_fetch(model, named_by_user=named_by_user):
        _fetched(model)


def try_fetch_for_run(model: str, *, named_by_user: bool) -> None:
    """Download a model as `fetch_for_run` does, and print why where it cannot be had.

    The run itself then tells the ways around it, as it does of a name that means nothing.
    """
    try:
        if not _may_fetch(model, named_by_user=named_by_user):
            return
    except ModelError:
        return
    try:
        _fetched(model)
    except ModelError as error:
        print_notice(f"note: {error}")


def _may_fetch(model: str, *, named_by_user: bool) -> bool:
    missing = missing_model(model)
    return missing is not None and (missing.registered or named_by_user)


def _fetched(model: str) -> str | None:
    planned = plan_fetch(model)
    if planned is None:
        return None
    print_notice(f"Downloading {planned.description} from the hub.")
    return fetch_model(planned, show=draws_progress())

"""Installation hints: the command that brings an extra, from where this installation came from.

Nothing is fetched by name that did not come by name: until it is registered on a package index, a
name there may be anybody's, and `dlm-lsp` is another program already.
"""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DISTRIBUTION = "dlm-synth"
"""Not the name of the import package: on the package index, `dlm-lsp` is another program."""

_UV = "uv-receipt.toml"
_PIPX = "pipx_metadata.json"
_VS_CODE = "dlm-installed.json"


def install_hint(
    extra: str | None, distribution: str = DISTRIBUTION, environment: Path = Path(sys.prefix)
) -> str:
    """Return what brings an extra into an environment, quoted so that every shell takes it.

    Who has made the environment is known by the file that is left there. uv and pipx drop the
    extras that they are not asked for again.
    """
    extras = {extra} if extra else set()
    if distribution == DISTRIBUTION:
        if (environment / _VS_CODE).exists():
            return "the command *dlm: Install Language Server* in VS Code"
        if (environment / _UV).exists():
            return f"uv tool install {_source(distribution, extras | _uv_extras(environment))}"
        if (environment / _PIPX).exists():
            source = _source(distribution, extras | _pipx_extras(environment))
            return f"pipx install --force {source}"
    return f"{_pip_install(environment)} {_source(distribution, extras)}"


def _source(distribution: str, extras: Iterable[str]) -> str:
    """Return what an installer takes: the origin that it has noted (PEP 610), else the name."""
    import json
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import distribution as installed

    chosen = f"[{','.join(sorted(extras))}]" if extras else ""
    try:
        noted = installed(distribution).read_text("direct_url.json")
    except PackageNotFoundError:
        # Ours is run from a checkout that nobody has installed.
        name = str(_CHECKOUT) if distribution == DISTRIBUTION else distribution
        return f'"{name}{chosen}"'
    if noted is None:
        return f'"{distribution}{chosen}"'
    origin: dict[str, Any] = json.loads(noted)
    url = str(origin["url"])
    if url.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        editable = "--editable " if origin.get("dir_info", {}).get("editable") else ""
        return f'{editable}"{url2pathname(urlsplit(url).path)}{chosen}"'
    if vcs := origin.get("vcs_info"):
        revision = vcs.get("requested_revision")
        url = f"{vcs['vcs']}+{url}{f'@{revision}' if revision else ''}"
    return f'"{distribution}{chosen} @ {url}"'


_CHECKOUT = Path(__file__).parent.parent


def _uv_extras(environment: Path) -> set[str]:
    import tomllib

    tool = tomllib.loads((environment / _UV).read_text("utf-8")).get("tool", {})
    ours = [each for each in tool.get("requirements", []) if each.get("name") == DISTRIBUTION]
    return {extra for each in ours for extra in each.get("extras", [])}


def _pipx_extras(environment: Path) -> set[str]:
    import json

    package = json.loads((environment / _PIPX).read_text("utf-8")).get("main_package", {})
    asked = re.search(r"\[([\w,\s-]+)\]", str(package.get("package_or_url", "")))
    return {extra.strip() for extra in asked[1].split(",")} if asked else set()


def _pip_install(environment: Path) -> str:
    """Return how pip installs into an environment: `pip` may be that of another one."""
    from importlib.util import find_spec

    if find_spec("pip") is None:
        return f'uv pip install --python "{environment}"'
    is_first = os.environ.get("VIRTUAL_ENV") == str(environment) or sys.prefix == sys.base_prefix
    return "pip install" if is_first else f'"{sys.executable}" -m pip install'

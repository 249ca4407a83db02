"""Long description: the README as a package index shows it, without the repository beside it.

Where the environment names the repository's address, as the release does, its relative links and
pictures lead there, into the tag of this version. Without one, pictures are left out and links
become plain words.
"""

import os
import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

ADDRESS = "DLM_REPOSITORY"
"""The variable: an address like https://github.com/OWNER/NAME, which has blob/ and raw/ below."""

_CODE = r"(?P<code>^```.*?^```$|^(?: {4}|\t).*?$|`[^`\n]+`)"
_LINK = r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?P<target>(?!https?://)[^)\s]+)\)"
_LINKS = re.compile(f"{_CODE}|{_LINK}(?P<end>\n\n)?", re.MULTILINE | re.DOTALL)


def long_description(readme: str, version: str, address: str | None) -> str:
    """Return a README whose links and pictures lead to an address, or nowhere without one."""

    def replacement(match: re.Match[str]) -> str:
        picture, words, target, end = match.group("picture", "words", "target", "end")
        end = end or ""
        if match["code"] is not None:
            return match[0]
        if address is None:
            return "" if picture else words + end
        path = f"README.md{target}" if target.startswith("#") else target
        view = "raw" if picture else "blob"
        return f"{picture}[{words}]({address.rstrip('/')}/{view}/v{version}/{path}){end}"

    return _LINKS.sub(replacement, readme)


class LongDescriptionHook(MetadataHookInterface):
    """The project's long description, and its addresses where there are any."""

    def update(self, metadata: dict[str, object]) -> None:
        """Set `readme` and `urls` of the project's metadata."""
        root = Path(self.root)
        module = (root / "dlm_lsp/__init__.py").read_text("utf-8")
        (version,) = re.findall(r'^__version__ = "(.*)"$', module, re.MULTILINE)
        address = os.environ.get(ADDRESS)
        text = long_description((root / "README.md").read_text("utf-8"), version, address)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        if address:
            metadata["urls"] = {
                "Source": address,
                "Changelog": f"{address.rstrip('/')}/blob/v{version}/CHANGELOG.md",
            }

"""Diagnostics encoder: diagnostics as JSON, of which those that only moved are not made anew."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dlm_lsp.ide.diagnostic import Diagnostic
from dlm_lsp.ide.diagnostics import PlacedDiagnostic
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.to_lsp import encode_diagnostic

_LINE = "\0"
# As a whole value; inside another its quotes would be escaped.
_ENCODED_LINE = json.dumps(_LINE)


class DiagnosticsEncoder:
    """Encodes the diagnostics of one document, version by version."""

    def __init__(self, uri: str, as_sent: Callable[[object], Any], *, with_related: bool) -> None:
        self._uri = uri
        self._as_sent = as_sent
        self._with_related = with_related
        self._encoded: dict[int, _EncodedDiagnostic] = {}

    def encode(self, diagnostics: Iterable[PlacedDiagnostic], positions: PositionMap) -> str:
        """Return the JSON of a list of diagnostics."""
        lines, before = positions.incremental.lines, self._encoded
        # On the same line as a byte-order mark a section has other columns than elsewhere.
        beside_mark = 1 if positions.incremental.byte_order_mark is not None else None
        self._encoded = {}
        texts = []
        for placed in diagnostics:
            relative, part_index, related_index = placed
            own_line, related_line = lines[part_index], lines[related_index or 0]
            if positions.lines_differ or beside_mark in (part_index, related_index or 0):
                texts.append(self._encode(placed, positions, own_line, related_line).text)
                continue
            encoded = before.get(id(relative))
            if encoded is None:
                encoded = self._encode(placed, positions, own_line, related_line)
            elif encoded.own_line != own_line or encoded.related_line != related_line:
                encoded.move(own_line, related_line)
            self._encoded[id(relative)] = encoded
            texts.append(encoded.text)
        return f"[{','.join(texts)}]"

    def _encode(
        self, placed: PlacedDiagnostic, positions: PositionMap, own_line: int, related_line: int
    ) -> "_EncodedDiagnostic":
        diagnostic = placed.moved(positions.incremental.offsets)
        sent = self._as_sent(
            encode_diagnostic(diagnostic, positions, self._uri, with_related=self._with_related)
        )
        related = sent.get("relatedInformation", ())
        encoded = _EncodedDiagnostic(
            placed.relative,
            _relative_lines([sent["range"]], own_line),
            _relative_lines([place["location"]["range"] for place in related], related_line),
            json.dumps(sent, separators=(",", ":")).replace("%", "%%").replace(_ENCODED_LINE, "%d"),
        )
        encoded.move(own_line, related_line)
        return encoded


@dataclass(eq=False, slots=True)
class _EncodedDiagnostic:
    """A diagnostic as JSON with its lines left open, and filled in as it stands now.

    It holds the diagnostic, so that no other has its `id`.
    """

    relative: Diagnostic
    own_lines: tuple[int, ...]
    related_lines: tuple[int, ...]
    template: str
    own_line: int = 0
    related_line: int = 0
    text: str = ""

    def move(self, own_line: int, related_line: int) -> None:
        """Fill in the lines: its section begins on one, what it relates to on another."""
        self.own_line, self.related_line = own_line, related_line
        self.text = self.template % (
            *(own_line + line for line in self.own_lines),
            *(related_line + line for line in self.related_lines),
        )


def _relative_lines(ranges: Iterable[dict[str, Any]], first: int) -> tuple[int, ...]:
    """Return the lines of ranges as they are sent, counted from `first`, and leave them open."""
    lines = []
    for range_ in ranges:
        for end in (range_["start"], range_["end"]):
            lines.append(end["line"] - first)
            end["line"] = _LINE
    return tuple(lines)

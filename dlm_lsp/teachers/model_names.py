"""Model names: which of a server's is meant, which write text, and what is recorded."""

import re
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from rapidfuzz import fuzz, process

_UNRECORDABLE = re.compile(r'["<>\x00-\x1f\x7f-\x9f\u2028\u2029]')
# Only a name tells, on most servers, that a model turns text into vectors, marks, speech or images.
_WRITES_NO_TEXT = re.compile(
    r"embed|\bada-\d|(?<![a-z])(?:bge|gte|e5|tts|sdxl|flux|veo|clip|asr|stt|ocr-?4b)(?![a-z])"
    r"|minilm|mpnet|labse|colbert|splade|rerank|moderation|whisper|parakeet|kokoro|transcri"
    r"|speech|dall-?e|stable-diffusion|imagen(?![a-z])|gpt-image|(?<![a-z])sora(?![a-z])",
    re.IGNORECASE,
)


def recordable(model: str) -> str:
    """Return the name as a marker holds it, where it stands between quotes in a comment."""
    return _UNRECORDABLE.sub("_", model)


def listed_as(model: str, listed: Collection[str]) -> str | None:
    """Return the listed name that covers `model`; None where no name does.

    Ollama lists `:latest`, Gemini `models/` before each name, LiteLLM patterns such as `openai/*`,
    and OpenRouter takes `:nitro` and the like behind any name.
    """
    for name in (model, f"{model}:latest", f"models/{model}", model.rpartition(":")[0]):
        if name and name in listed:
            return name
    return next((name for name in listed if "*" in name and fnmatchcase(model, name)), None)


def closest(model: str, listed: Sequence[str]) -> list[str]:
    """Return the three listed names that are most like `model`, the closest first."""
    return [name for name, _, _ in process.extract(model, listed, scorer=fuzz.WRatio, limit=3)]


def writes_text(model: str, card: Mapping[str, Any]) -> bool:
    """Say whether a model answers in words, by what its card says of it, or else by its name."""
    match card:
        case {"architecture": {"output_modalities": [*modalities]}}:
            return "text" in modalities
        case {"capabilities": {"completion_chat": bool(chats)}}:
            return chats
        case {"type": str(kind)} if kind in ("image", "audio", "video"):
            return False
        case {"type": str(kind)}:
            model = f"{kind} {model}"
    return not _WRITES_NO_TEXT.search(model)

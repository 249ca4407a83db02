"""Model discovery: the server's name for the model, and how much the model reads."""

from collections.abc import Collection
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from rapidfuzz import fuzz, process

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.error_messages import redact
from dlm_lsp.teachers.prompts import prompt_messages
from dlm_lsp.teachers.protocol import PairRequest
from dlm_lsp.teachers.response_parsing import token_count

_NO_SUCH_ROUTE = (404, 405, 501)
SMALLEST_WINDOW = 64
"""For how many tokens of prose there has to be room at least."""
_MOST_PAGES = 100
_CHARACTERS_PER_TOKEN = 3


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model of a server; `context` is how many tokens it reads, None where no card says."""

    name: str | None
    context: int | None = None


async def discover_model(
    client: Any,
    sdk: ModuleType,
    model: str | None,
    *,
    looks_up_one: bool,
    selector: str,
    server: str,
    secrets: Collection[str],
) -> ServedModel:
    """Return the model that is meant: the one of this name, or else the first that is listed.

    A server that keeps no list is taken at the user's word. `selector` and `server` are for error
    messages, in which none of the `secrets` stands.

    Raises:
        TeacherError: the server has no such model, or none at all.
    """
    try:
        if model is not None and looks_up_one:
            try:
                card: object = await client.models.retrieve(model)
            except sdk.APIStatusError as error:
                if error.status_code not in _NO_SUCH_ROUTE:
                    raise
            else:
                return ServedModel(model, _context_tokens(card))
        cards = await _cards(client)
    except sdk.APIStatusError as error:
        # A key may be allowed to ask a model and yet not to look it up.
        if model is not None and error.status_code in (403, *_NO_SUCH_ROUTE):
            return ServedModel(model)
        raise
    name = _pick(cards, model, selector=selector, server=server, secrets=secrets)
    return ServedModel(name, _context_tokens(cards.get(name)))


def prose_window(
    context: int | None, *, selector: str, max_new_tokens: int, assumed_context: int
) -> int:
    """Return how many tokens of prose fit beside the rules and the reply.

    `assumed_context` is what the model is taken to read where `context` is None.

    Raises:
        TeacherError: there is no room for prose.
    """
    rules = "".join(prompt_messages(PairRequest(prose="", strategy="expansion", count=99)))
    beside = max_new_tokens + len(rules) // _CHARACTERS_PER_TOKEN
    if context is None:
        # On a mere assumption no reply is too long.
        return max(assumed_context - beside, assumed_context // 2)
    room = context - beside
    if room < SMALLEST_WINDOW:
        raise TeacherError(
            f"{selector} reads {context} tokens, which leaves no room for prose beside "
            f"max_new_tokens {max_new_tokens}; lower it"
        )
    return room


def _pick(
    cards: dict[str, object],
    model: str | None,
    *,
    selector: str,
    server: str,
    secrets: Collection[str],
) -> str:
    if model is None:
        if not cards:
            raise TeacherError(f"{server} lists no model; name one: {selector}#MODEL")
        return next(iter(cards))
    if cards and model not in cards:
        closest = process.extract(model, cards.keys(), scorer=fuzz.WRatio, limit=3)
        names = ", ".join(name for name, _, _ in closest)
        raise TeacherError(
            f"{server} has no model {model!r}; the closest it has: "
            + (redact(names, secrets) or "see its list of models")
        )
    return model


async def _cards(client: Any) -> dict[str, object]:
    """Return the server's model cards by model id, in its own order."""
    try:
        page = await client.models.list()
    except AttributeError:  # how the SDK fails at a web page that came with status 200
        page = None
    if not isinstance(getattr(page, "data", None), list):
        raise TeacherError(
            f"{client.base_url.host} answers, but not with a list of models; check the address"
        )
    cards: dict[str, object] = {}
    pages = 0
    async for each in page.iter_pages():
        cards |= {card.id: card for card in each.data if isinstance(getattr(card, "id", None), str)}
        pages += 1
        if pages == _MOST_PAGES:
            raise TeacherError(
                f"{client.base_url.host} lists models without end; check the address"
            )
    return cards


def _context_tokens(card: object) -> int | None:
    """Return the model's context by the names that vLLM, Anthropic and llama.cpp give it."""
    meta = getattr(card, "meta", None)
    for value in (
        getattr(card, "max_model_len", None),
        getattr(card, "max_input_tokens", None),
        meta.get("n_ctx") if isinstance(meta, dict) else None,
    ):
        if tokens := token_count(value):
            return tokens
    return None

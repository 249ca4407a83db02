"""Model discovery: the server's name for the model, and how much the model reads."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.error_messages import redact
from dlm_lsp.teachers.model_names import closest, listed_as, writes_text
from dlm_lsp.teachers.prompts import prompt_messages
from dlm_lsp.teachers.protocol import PairRequest
from dlm_lsp.teachers.response_parsing import token_count

_NO_LIST = (400, 404, 405, 410, 422, 501)
SMALLEST_WINDOW = 64
"""For how many tokens of prose there has to be room at least."""
_MOST_PAGES = 100
_MOST_SHOWN = 12
_CHARACTERS_PER_TOKEN = 3


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model of a server; `context` is how many tokens it reads, None where no card says.

    `unlisted` is what to say of a model that the server does not list; empty where it does, or
    keeps no list.
    """

    name: str
    context: int | None = None
    unlisted: str = ""


async def discover_model(
    client: Any,
    sdk: ModuleType,
    model: str | None,
    *,
    path: str,
    looks_up_one: bool,
    lists_all: bool,
    selector: str,
    server: str,
    secrets: Collection[str],
) -> ServedModel:
    """Return the model that is meant: the one of this name, or else the only one that is served.

    A server that keeps no list, or does not list the model, is taken at the user's word; so is one
    whose list tells nothing of what may be asked, where `lists_all` is false. The list is at
    `path`. `selector` and `server` are for error messages, in which none of the `secrets` stands.

    Raises:
        TeacherError: no model is named, and the server has none, or several to choose from.
    """
    try:
        if model is not None and looks_up_one and lists_all:
            try:
                card: object = await client.models.retrieve(model)
            except sdk.APIStatusError as error:
                if error.status_code not in _NO_LIST:
                    raise
            else:
                return ServedModel(model, _context_tokens(card))
        cards = await _cards(client, path)
    except sdk.APIStatusError as error:
        # A key may be allowed to ask a model and yet not to look it up.
        if model is not None and error.status_code in (403, *_NO_LIST):
            return ServedModel(model)
        if error.status_code in _NO_LIST:
            raise TeacherError(
                f"{server} keeps no list of models ({error.status_code}); check the address, or "
                f"name one: {selector}#MODEL"
            ) from None
        raise
    if model is None:
        name = _only_writer(cards, selector=selector, server=server, secrets=secrets)
        return ServedModel(name, _context_tokens(cards[name]))
    if not lists_all:
        return ServedModel(model)
    found = listed_as(model, cards.keys())
    if found is None and cards:
        names = redact(", ".join(closest(model, list(cards))), secrets)
        hint = f"the closest that it lists: {names}" if names else "see its list of models"
        return ServedModel(model, unlisted=hint)
    return ServedModel(model, _context_tokens(cards[found]) if found else None)


def prose_window(
    context: int | None, *, selector: str, max_new_tokens: int, assumed_context: int
) -> int:
    """Return how many tokens of prose fit beside the rules and the reply.

    `assumed_context` is what the model is taken to read where `context` is None.

    Raises:
        TeacherError: there is no room for prose.
    """
    rules = prompt_messages(PairRequest(prose="", strategy="expansion", count=99)).text
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


def _only_writer(
    cards: Mapping[str, Mapping[str, Any]],
    *,
    selector: str,
    server: str,
    secrets: Collection[str],
) -> str:
    """Return the one model of a server that answers in words."""
    if not cards:
        raise TeacherError(f"{server} lists no model; name one: {selector}#MODEL")
    writers = [name for name, card in cards.items() if writes_text(name, card)]
    if len(writers) == 1:
        return writers[0]
    shown = writers or list(cards)
    more = f" and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
    names = redact(", ".join(shown[:_MOST_SHOWN]), secrets)
    has = f"has {len(shown)} models" if writers else "lists no model that writes text"
    raise TeacherError(
        f"{server} {has}; name one: {selector}#MODEL{f' ({names}{more})' if names else ''}"
    )


async def _cards(client: Any, path: str) -> dict[str, Mapping[str, Any]]:
    """Return the server's model cards by model id, in its own order."""
    cards: dict[str, Mapping[str, Any]] = {}
    page: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        try:
            # Not as the SDK reads it: a list comes bare, below another key, or not at all.
            body: object = await client.get(path, cast_to=object, options={"params": page})
            body = json.loads(body) if isinstance(body, str) else body
        except ValueError:
            raise TeacherError(
                f"{client.base_url.host} answers, but not with a list of models; check the address"
            ) from None
        cards |= {name: card for card in _listed(body) if (name := _name_of(card))}
        last = body.get("last_id") if isinstance(body, Mapping) and body.get("has_more") else None
        if not isinstance(last, str):
            return cards
        page = {"after_id": last}
    raise TeacherError(f"{client.base_url.host} lists models without end; check the address")


def _listed(body: object) -> Sequence[Mapping[str, Any]]:
    """Return the cards in a list of models, which Together sends bare and others as `models`."""
    if isinstance(body, Mapping):
        lists = [body.get("data"), body.get("models")]
        body = next((each for each in lists if isinstance(each, list)), [])
    return [card for card in body if isinstance(card, Mapping)] if isinstance(body, list) else []


def _name_of(card: Mapping[str, Any]) -> str | None:
    names = (card.get("id"), card.get("name"))
    return next((name for name in names if isinstance(name, str) and name), None)


def _context_tokens(card: object) -> int | None:
    """Return the model's context by the names that servers give it."""
    meta = _field(card, "meta")
    for value in (
        _field(card, "max_model_len"),  # vLLM, SGLang
        _field(card, "max_input_tokens"),  # Anthropic
        _field(card, "context_length"),  # OpenRouter, Together, Fireworks
        _field(card, "context_window"),  # Groq
        _field(card, "max_context_length"),  # Mistral
        meta.get("n_ctx") if isinstance(meta, Mapping) else None,  # llama.cpp
    ):
        if tokens := token_count(value):
            return tokens
    return None


def _field(card: object, name: str) -> object:
    return card.get(name) if isinstance(card, Mapping) else getattr(card, name, None)

"""OpenAI chat completions: from OpenAI or from any server that speaks them, such as vLLM."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar, Literal

from dlm_lsp.errors import TeacherError, TooLongError, UnusableReplyError
from dlm_lsp.install_hint import DISTRIBUTION, install_hint
from dlm_lsp.teachers.api import ApiTeacher, NoReplyError, NotScoredError
from dlm_lsp.teachers.api_keys import key_for
from dlm_lsp.teachers.azure_openai import AZURE_KEY_HEADER, azure_client, is_azure
from dlm_lsp.teachers.context_refusal import context_refusal
from dlm_lsp.teachers.error_messages import redact, server_message
from dlm_lsp.teachers.event_stream import completion_of_events
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.model_names import recordable
from dlm_lsp.teachers.openai_address import openai_endpoint, shown_address, vllm_server
from dlm_lsp.teachers.prompts import Messages
from dlm_lsp.teachers.protocol import YES_OR_NO, GenerationOptions, Reply, Request
from dlm_lsp.teachers.request_fallback import LOGPROBS, NEW_LIMIT, OLD_LIMIT, RequestShape
from dlm_lsp.teachers.response_parsing import (
    completion_error,
    decoded_answer,
    member,
    message_reasoning,
    message_text,
    token_count,
)
from dlm_lsp.teachers.transport import RETRIES, RequestHook
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages

_PATH = "/chat/completions"
_FINISHES: dict[str, Literal["length", "refusal"]] = {
    "length": "length",
    "content_filter": "refusal",
}
_ALTERNATIVES = 20
"""Of how many first tokens the likelihood is told: as many as OpenAI and vLLM give."""
_HEADERS = frozenset(
    (
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
    )
)
"""What any HTTP request needs, and the key of this very server."""


class OpenAiTeacher(ApiTeacher):
    """A chat model of OpenAI, or of the server that OPENAI_BASE_URL names."""

    formats = ("json_schema", "json_object", "plain")
    droppable = (
        "stream_options",
        "prompt_cache_key",
        "seed",
        "top_p",
        "temperature",
        NEW_LIMIT,
        OLD_LIMIT,
    )
    key_variable = "OPENAI_API_KEY"
    key_required: ClassVar[bool] = True
    log_probabilities = True
    caches_by_key: ClassVar[bool] = True

    @property
    def lists_all(self) -> bool:
        """Whether a list of models is one of what may be asked: Azure's is not of deployments."""
        return not is_azure(self._endpoint)

    def _sdk(self) -> ModuleType:
        try:
            import openai
        except ImportError:
            raise TeacherError(
                f"{self.name} needs the OpenAI client: {install_hint('openai')}"
            ) from None
        return openai

    def _connect(self) -> Any:
        sdk = self._sdk()
        key = key_for(self._endpoint, (type(self).key_variable,), required=self.key_required)
        self.key_variable = key.variable
        self._secrets |= {key.value} - {""}
        basic = self._endpoint.basic
        if key.expected and not key.value:
            raise TeacherError(f"{self.name} needs a key; set {key.variable}")
        http_client = self._http_client()
        options = {
            "max_retries": RETRIES,
            "timeout": http_client.timeout,
            "http_client": http_client,
        }
        # Never None: the SDK would take OpenAI's own key for whatever server this is.
        secret = key.value or "none"
        return azure_client(sdk, self._endpoint, secret, **options) or sdk.AsyncOpenAI(
            api_key=secret,
            base_url=self._endpoint.url,
            default_headers={"Authorization": basic or f"Bearer {secret}"},
            **options,
        )

    def _sent(self, shape: RequestShape) -> list[str]:
        absent = {
            "stream_options" if not shape.streams else "",
            "prompt_cache_key" if not self.caches_by_key else "",
            OLD_LIMIT if NEW_LIMIT not in shape.without else "",
        }
        return [name for name in super()._sent(shape) if name not in absent]

    def _other_limit(self, shape: RequestShape) -> RequestShape | None:
        if NEW_LIMIT in shape.without:
            return None
        return replace(shape, without=shape.without | {NEW_LIMIT})

    async def _send(self, client: Any, request: Request, shape: RequestShape) -> Reply:
        # The body is read whole either way, so the client need not know that it is a stream.
        beside = self._options | (_streamed(shape) if shape.streams else {})
        body = self._body(request, shape) | beside
        try:
            # Not as `chat.completions.create`, which walks through all that a request may hold and
            # makes models of the answer: that takes more time than all the rest.
            answer: object = await client.post(_PATH, cast_to=object, body=body)
        except json.JSONDecodeError as error:
            # Events that are announced as JSON.
            completion: object = completion_of_events(error.doc)
            if completion is None:
                raise
        else:
            completion = decoded_answer(answer)
            if isinstance(completion, str):
                completion = completion_of_events(completion)
        reply = self._read(completion)
        return _scored(reply, completion) if self._is_scored(request, shape) else reply

    def _body(self, request: Request, shape: RequestShape) -> dict[str, Any]:
        scored = self._is_scored(request, shape)
        messages = request_messages(request, scored=scored)
        sampling = GenerationOptions(max_new_tokens=1) if scored else self._sampling
        limit = shape.limit(sampling.max_new_tokens)
        parameters = {
            NEW_LIMIT: limit,
            OLD_LIMIT: limit if NEW_LIMIT in shape.without else None,
            "temperature": sampling.temperature or shape.temperature or 0.0,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "prompt_cache_key": _cache_key(request) if self.caches_by_key else None,
            "response_format": None
            if scored
            else _response_format(self.formats[shape.format_index], request),
            LOGPROBS: True if scored else None,
            "top_logprobs": _ALTERNATIVES if scored else None,
        }
        return {
            "model": self._model,
            "messages": _chat_messages(messages, shape),
            **{
                name: value
                for name, value in parameters.items()
                if value is not None and name not in shape.without
            },
        }

    def _read_answer(self, answer: Mapping[str, Any]) -> Reply:
        reply = self._read(answer)
        try:
            return _scored(reply, answer)
        except NotScoredError:
            return reply

    def _read(self, completion: object) -> Reply:
        choices = member(completion, "choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = member(choice, "message")
        text = message_text(member(message, "content"))
        failure = completion_error(completion, choice)
        if failure or not isinstance(message, Mapping) or text is None:
            words = server_message(failure)
            detail = redact(words, self._secrets)
            line = (
                f"{self._endpoint.url} sent no chat completion{f': {detail}' if detail else ''}; "
                "run the command again"
            )
            too_long = context_refusal(failure)
            raise NoReplyError(
                words, TooLongError(line, too_long.limit) if too_long else UnusableReplyError(line)
            )
        usage = member(completion, "usage")
        details = member(usage, "prompt_tokens_details")
        refusal = member(message, "refusal")
        finish = member(choice, "finish_reason")
        text = text or message_text(refusal) or ""
        return Reply(
            text=text,
            tokens_in=_prompt_tokens(usage),
            tokens_out=token_count(member(usage, "completion_tokens")),
            finish="refusal" if refusal else _FINISHES.get(str(finish), "stop"),
            reasoning="" if text.strip() else message_reasoning(message),
            cached_input=token_count(member(details, "cached_tokens")) or 0,
            cache_write=token_count(member(details, "cache_write_tokens")) or 0,
        )


def _drop_what_is_meant_for_openai(allowed: frozenset[str]) -> RequestHook:
    """Drop the headers that the SDK takes from OPENAI_CUSTOM_HEADERS, _ORG_ID and _PROJECT_ID."""

    async def drop(request: Any) -> None:
        for name in set(request.headers) - allowed:
            del request.headers[name]
        request.headers["accept"] = "application/json"
        request.headers["user-agent"] = DISTRIBUTION

    return drop


class VllmServerTeacher(OpenAiTeacher):
    """A chat model of any server that speaks OpenAI's protocol, named by its address."""

    key_variable = "VLLM_API_KEY"
    key_required = False
    caches_by_key = False
    looks_up_one = False
    assumed_context = 8192

    @property
    def request_hooks(self) -> Sequence[RequestHook]:
        """What keeps apart that which is set for OpenAI and that which is for this server."""
        own = {AZURE_KEY_HEADER} if is_azure(self._endpoint) else set()
        return (_drop_what_is_meant_for_openai(_HEADERS | own),)

    async def prepare(self) -> None:
        """Check the extra, the key, the server and the model; name the model if it was not.

        Raises:
            TeacherError: with the remedy.
        """
        unnamed = self._model is None
        await super().prepare()
        if unnamed and self._model is not None:
            model = redact(self._model, self._secrets)
            self.name = f"{self.name}#{recordable(model)}"


def openai_teacher(context: TeacherContext) -> OpenAiTeacher:
    """Return the teacher `openai:<model>`; OPENAI_BASE_URL and OPENAI_API_KEY are the SDK's own.

    Raises:
        TeacherError: if OPENAI_BASE_URL is no address.
    """
    return OpenAiTeacher(
        f"openai:{recordable(context.target)}",
        openai_endpoint(),
        context.target,
        context.sampling,
        concurrency=context.concurrency,
        up_to=context.up_to,
        timeout=context.timeout,
        options=context.options,
        window=context.window,
    )


def vllm_server_teacher(context: TeacherContext) -> VllmServerTeacher:
    """Return the teacher `vllm-server:<url>[#model]`, with the key for its host or VLLM_API_KEY.

    Raises:
        SelectorError: the address cannot be read; no part of it is repeated.
    """
    endpoint, model = vllm_server(context.target)
    return VllmServerTeacher(
        f"vllm-server:{shown_address(endpoint)}{f'#{recordable(model)}' if model else ''}",
        endpoint,
        model or None,
        context.sampling,
        concurrency=context.concurrency,
        up_to=context.up_to,
        timeout=context.timeout,
        options=context.options,
        window=context.window,
    )


def _chat_messages(messages: Messages, shape: RequestShape) -> list[dict[str, str]]:
    turns = [("system", messages.system), *messages.turns]
    if shape.system_as_user:
        (_, asked), *others = messages.turns
        turns = [("user", f"{messages.system}\n\n{asked}"), *others]
    return [{"role": role, "content": content} for role, content in turns]


def _streamed(shape: RequestShape) -> dict[str, Any]:
    if "stream_options" in shape.without:
        return {"stream": True}
    return {"stream": True, "stream_options": {"include_usage": True}}


def _prompt_tokens(usage: object) -> int | None:
    """Return the tokens of the prompt, of which some servers leave out those in their cache."""
    tokens = token_count(member(usage, "prompt_tokens"))
    details = member(usage, "prompt_tokens_details")
    cached = token_count(member(details, "cached_tokens")) or 0
    return tokens + cached if tokens is not None and cached > tokens else tokens


def _scored(reply: Reply, completion: Any) -> Reply:
    """Return a reply whose text holds the log-probabilities of what could have come first."""
    likely: dict[str, float] = {}
    with suppress(KeyError, IndexError, TypeError, ValueError):
        for token in completion["choices"][0]["logprobs"]["content"][0]["top_logprobs"]:
            likely.setdefault(str(token["token"]), float(token["logprob"]))
    if not any(token.strip().lower() in YES_OR_NO for token in likely):
        raise NotScoredError(reply)
    return replace(reply, text=json.dumps({"log_probabilities": [likely]}), finish="stop")


def _response_format(name: str, request: Request) -> dict[str, Any] | None:
    schema = reply_schema(request)
    if schema is None:
        return None
    match name:
        case "json_schema":
            name = next(iter(schema["properties"]))
            strict = {"name": name, "strict": True, "schema": schema}
            return {"type": "json_schema", "json_schema": strict}
        case "json_object":
            return {"type": "json_object"}
        case _:
            return None


def _cache_key(request: Request) -> str:
    """Return one key for all requests about the same prose: their prompts begin alike."""
    return hashlib.sha256(request.prose.encode("utf-8", "replace")).hexdigest()[:32]

"""OpenAI chat completions: from OpenAI or from any server that speaks them, such as vLLM."""

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar, Literal

from dlm_lsp.errors import SelectorError, TeacherError
from dlm_lsp.install_hint import DISTRIBUTION, install_hint
from dlm_lsp.teachers.api import LOGPROBS, ApiTeacher, NotScoredError
from dlm_lsp.teachers.endpoint import Endpoint, endpoint_from, parse_endpoint
from dlm_lsp.teachers.error_messages import redact, server_message
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.protocol import YES_OR_NO, GenerationOptions, Reply, Request
from dlm_lsp.teachers.request_fallback import RequestShape
from dlm_lsp.teachers.response_parsing import message_text, token_count
from dlm_lsp.teachers.transport import RETRIES, usable_key
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages

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
_UNRECORDABLE = re.compile(r"[^\w./:@+~=,-]")


class OpenAiTeacher(ApiTeacher):
    """A chat model of OpenAI, or of the server that OPENAI_BASE_URL names."""

    formats = ("json_schema", "json_object", "plain")
    droppable = ("prompt_cache_key", "seed", "top_p", "temperature", "max_completion_tokens")
    key_variable = "OPENAI_API_KEY"
    key_required: ClassVar[bool] = True
    log_probabilities = True
    caches_by_key: ClassVar[bool] = True
    counts_exactly = False

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
        key = usable_key(os.environ.get(self.key_variable, ""), self.key_variable)
        self._secrets |= {key} - {""}
        basic = self._endpoint.basic
        if self.key_required and not (key or basic):
            raise TeacherError(f"{self.name} needs a key; set {self.key_variable}")
        http_client = self._http_client()
        return sdk.AsyncOpenAI(
            # Never None: the SDK would take OpenAI's own key for whatever server this is.
            api_key=key or "none",
            base_url=self._endpoint.url,
            default_headers={"Authorization": basic or f"Bearer {key or 'none'}"},
            max_retries=RETRIES,
            timeout=http_client.timeout,
            http_client=http_client,
        )

    async def _send(self, request: Request, shape: RequestShape) -> Reply:
        scored = self._is_scored(request, shape)
        system, user = request_messages(request, scored=scored)
        sampling = GenerationOptions(max_new_tokens=1) if scored else self._sampling
        limited_by_old_name = "max_completion_tokens" in shape.without
        parameters = {
            "max_completion_tokens": sampling.max_new_tokens,
            "max_tokens": sampling.max_new_tokens if limited_by_old_name else None,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "prompt_cache_key": _cache_key(request) if self.caches_by_key else None,
            "response_format": None
            if scored
            else _response_format(self.formats[shape.format_index], request),
            LOGPROBS: True if scored else None,
            "top_logprobs": _ALTERNATIVES if scored else None,
        }
        completion: object = await self._client.chat.completions.create(
            model=self._model,
            messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
            **{
                name: value
                for name, value in parameters.items()
                if value is not None and name not in shape.without
            },
            extra_body=self._options or None,
        )
        reply = self._read(completion)
        return _scored(reply, completion) if scored else reply

    def _read(self, completion: Any) -> Reply:
        choices = getattr(completion, "choices", None)
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = getattr(choice, "message", None)
        text = message_text(getattr(message, "content", None))
        if not isinstance(message, self._sdk().BaseModel) or text is None:
            words = server_message(getattr(completion, "error", None))
            detail = redact(words, self._secrets)
            raise TeacherError(
                f"{self._endpoint.url} sent no chat completion{f': {detail}' if detail else ''}; "
                "run the command again"
            )
        usage = getattr(completion, "usage", None)
        refusal = getattr(message, "refusal", None)
        finish = getattr(choice, "finish_reason", None)
        return Reply(
            text=text or message_text(refusal) or "",
            tokens_in=token_count(getattr(usage, "prompt_tokens", None)),
            tokens_out=token_count(getattr(usage, "completion_tokens", None)),
            finish="refusal" if refusal else _FINISHES.get(str(finish), "stop"),
        )


async def _drop_what_is_meant_for_openai(request: Any) -> None:
    """Drop the headers that the SDK takes from OPENAI_CUSTOM_HEADERS, _ORG_ID and _PROJECT_ID."""
    for name in set(request.headers) - _HEADERS:
        del request.headers[name]
    request.headers["accept"] = "application/json"
    request.headers["user-agent"] = DISTRIBUTION


class VllmServerTeacher(OpenAiTeacher):
    """A chat model of any server that speaks OpenAI's protocol, named by its address."""

    key_variable = "VLLM_API_KEY"
    key_required = False
    caches_by_key = False
    looks_up_one = False
    assumed_context = 8192
    request_hooks = (_drop_what_is_meant_for_openai,)

    async def prepare(self) -> None:
        """Check the extra, the key, the server and the model; name the model if it was not.

        Raises:
            TeacherError: with the remedy.
        """
        unnamed = self._model is None
        await super().prepare()
        if unnamed and self._model is not None:
            model = redact(self._model, self._secrets)
            self.name = f"{self.name}#{_UNRECORDABLE.sub('_', model)}"


def openai_teacher(context: TeacherContext) -> OpenAiTeacher:
    """Return the teacher `openai:<model>`; OPENAI_BASE_URL and OPENAI_API_KEY are the SDK's own.

    Raises:
        TeacherError: if OPENAI_BASE_URL is no address.
    """
    return OpenAiTeacher(
        f"openai:{context.target}",
        endpoint_from("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        context.target,
        context.sampling,
        concurrency=context.concurrency,
        timeout=context.timeout,
        options=context.options,
        window=context.window,
    )


def vllm_server_teacher(context: TeacherContext) -> VllmServerTeacher:
    """Return the teacher `vllm-server:<url>[#model]`; VLLM_API_KEY is sent if it is set.

    Raises:
        SelectorError: the address cannot be read; no part of it is repeated.
    """
    endpoint, model = vllm_server(context.target)
    shown = endpoint.url.removesuffix("/v1")
    return VllmServerTeacher(
        f"vllm-server:{shown}{f'#{model}' if model else ''}",
        Endpoint(f"{shown}/v1", endpoint.host, endpoint.userinfo, endpoint.query),
        model or None,
        context.sampling,
        concurrency=context.concurrency,
        timeout=context.timeout,
        options=context.options,
        window=context.window,
    )


def vllm_server(target: str) -> tuple[Endpoint, str]:
    """Return the server and the model, which may be empty, that `<url>[#model]` names.

    Raises:
        SelectorError: the address cannot be read; no part of it is repeated.
    """
    address, _, model = target.partition("#")
    try:
        return parse_endpoint(address), model
    except ValueError as error:
        raise SelectorError(
            f"the address of vllm-server: cannot be used, {error}; write it as "
            "vllm-server:http://localhost:8000 or vllm-server:http://localhost:8000#MODEL"
        ) from None


def _scored(reply: Reply, completion: Any) -> Reply:
    """Return a reply whose text holds the log-probabilities of what could have come first."""
    likely: dict[str, float] = {}
    with suppress(AttributeError, IndexError, TypeError, ValueError):
        for token in completion.choices[0].logprobs.content[0].top_logprobs:
            likely.setdefault(str(token.token), float(token.logprob))
    if not any(token.strip().lower() in YES_OR_NO for token in likely):
        raise NotScoredError(reply)
    return replace(reply, text=json.dumps({"log_probabilities": [likely]}), finish="stop")


def _response_format(name: str, request: Request) -> dict[str, Any] | None:
    match name:
        case "json_schema":
            schema = reply_schema(request)
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

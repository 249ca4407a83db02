"""Anthropic messages API: its models as teachers."""

import os
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Literal

from dlm_lsp.errors import TeacherError, UnusableReplyError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.api_keys import ANTHROPIC_KEYS, usable_key
from dlm_lsp.teachers.endpoint import anthropic_endpoint, parse_endpoint
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.model_names import recordable
from dlm_lsp.teachers.prompts import Messages
from dlm_lsp.teachers.protocol import Reply, Request
from dlm_lsp.teachers.request_fallback import RequestShape
from dlm_lsp.teachers.response_parsing import decoded_answer, member, message_text, token_count
from dlm_lsp.teachers.transport import RETRIES
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages

_PATH = "/v1/messages"
_FINISHES: dict[str, Literal["length", "refusal"]] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}


class AnthropicTeacher(ApiTeacher):
    """A model behind `/v1/messages`."""

    formats = ("json_schema", "plain")
    droppable = ("cache_control", "top_p", "temperature")
    key_variable = "ANTHROPIC_API_KEY"
    models_path = "/v1/models"

    def _sdk(self) -> ModuleType:
        try:
            import anthropic
        except ImportError:
            raise TeacherError(
                f"{self.name} needs the Anthropic client: {install_hint('anthropic')}"
            ) from None
        return anthropic

    def _connect(self) -> Any:
        if self._sampling.seed is not None:
            raise TeacherError(f"{self.name} takes no seed; leave the seed out")
        sdk = self._sdk()
        keys = {usable_key(os.environ.get(variable, ""), variable) for variable in ANTHROPIC_KEYS}
        self._secrets |= keys - {""}
        basic = self._endpoint.basic
        named = "ANTHROPIC_BASE_URL" in os.environ
        http_client = self._http_client()
        try:
            client = sdk.AsyncAnthropic(
                base_url=self._endpoint.url if named else None,
                default_headers={"Authorization": basic} if basic else None,
                max_retries=RETRIES,
                timeout=http_client.timeout,
                http_client=http_client,
            )
        except sdk.AnthropicError as error:
            # Without a key the SDK looks for a login of its own, which may be a broken one.
            raise TeacherError(
                f"{self.name} found no key and a login that cannot be used "
                f"({type(error).__name__}); set {self.key_variable}"
            ) from None
        if not (client.api_key or client.auth_token or client.credentials or basic):
            raise TeacherError(f"{self.name} needs a key; set {self.key_variable}")
        self._secrets |= {secret for secret in (client.api_key, client.auth_token) if secret}
        # The login that the SDK found may name another server.
        if not named:
            self._endpoint = parse_endpoint(str(client.base_url))
        return client

    async def _send(self, client: Any, request: Request, shape: RequestShape) -> Reply:
        body = self._body(request, shape) | self._options
        # Not as `messages.create`, which takes longer, and leaves out what models still take.
        answer: object = await client.post(_PATH, cast_to=object, body=body)
        return self._read(decoded_answer(answer))

    def _body(self, request: Request, shape: RequestShape) -> dict[str, Any]:
        messages, schema = request_messages(request), reply_schema(request)
        temperature = self._sampling.temperature or shape.temperature or 0.0
        parameters: dict[str, Any] = {
            name: value
            for name, value in (("temperature", temperature), ("top_p", self._sampling.top_p))
            if value is not None and name not in shape.without
        }
        if schema and self.formats[shape.format_index] == "json_schema":
            parameters["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        if "cache_control" not in shape.without:
            parameters["cache_control"] = {"type": "ephemeral"}
        return {
            "model": self._model,
            "max_tokens": shape.limit(self._sampling.max_new_tokens),
            "system": messages.system,
            "messages": _turns(messages),
            **parameters,
        }

    def _read_answer(self, answer: Mapping[str, Any]) -> Reply:
        return self._read(answer)

    def _read(self, message: object) -> Reply:
        content = member(message, "content")
        text = message_text(content)
        if not isinstance(content, list) or text is None:
            raise UnusableReplyError(f"{self._endpoint.url} sent no message; run the command again")
        usage = member(message, "usage")
        cached = [
            token_count(member(usage, part)) or 0
            for part in ("cache_read_input_tokens", "cache_creation_input_tokens")
        ]
        uncached = token_count(member(usage, "input_tokens"))
        return Reply(
            text=text,
            tokens_in=None if uncached is None else uncached + sum(cached),
            tokens_out=token_count(member(usage, "output_tokens")),
            finish=_FINISHES.get(str(member(message, "stop_reason")), "stop"),
            cached_input=cached[0],
            cache_write=cached[1],
        )


def _turns(messages: Messages) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in messages.turns]


def anthropic_teacher(context: TeacherContext) -> AnthropicTeacher:
    """Return the teacher `anthropic:<model>`; ANTHROPIC_BASE_URL and the key are the SDK's own.

    Raises:
        TeacherError: if ANTHROPIC_BASE_URL is no address.
    """
    return AnthropicTeacher(
        f"anthropic:{recordable(context.target)}",
        anthropic_endpoint(),
        context.target,
        context.sampling,
        concurrency=context.concurrency,
        up_to=context.up_to,
        timeout=context.timeout,
        options=context.options,
        window=context.window,
    )

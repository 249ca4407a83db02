"""Anthropic messages API: its models as teachers."""

import os
from collections.abc import Sequence
from contextlib import aclosing
from types import ModuleType
from typing import Any, Literal

from dlm_lsp.errors import TeacherError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.concurrency import map_concurrently
from dlm_lsp.teachers.endpoint import endpoint_from, parse_endpoint
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.protocol import Reply, Request
from dlm_lsp.teachers.request_fallback import RequestShape
from dlm_lsp.teachers.response_parsing import message_text, token_count
from dlm_lsp.teachers.transport import RETRIES, usable_key
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages

_FINISHES: dict[str, Literal["length", "refusal"]] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


class AnthropicTeacher(ApiTeacher):
    """A model behind `/v1/messages`."""

    formats = ("json_schema", "plain")
    droppable = ("cache_control", "top_p", "temperature")
    key_variable = "ANTHROPIC_API_KEY"
    counts_exactly = True

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
        keys = {usable_key(os.environ.get(variable, ""), variable) for variable in _KEYS}
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

    async def count_tokens(self, requests: Sequence[Request]) -> list[int] | None:
        """Return the prompt tokens of each request, or None where the server does not count."""
        if self._fatal_error:
            return None
        counts = [0] * len(requests)

        async def count(request: Request) -> int | None:
            system, user = request_messages(request)
            try:
                counted: object = await self._guarded(
                    lambda: self._client.messages.count_tokens(
                        model=self._model,
                        system=system,
                        messages=[{"role": "user", "content": user}],
                    ),
                    self._timeout,
                )
            except TeacherError:
                return None
            return token_count(getattr(counted, "input_tokens", None))

        async with aclosing(map_concurrently(count, requests, self._concurrency)) as finished:
            async for index, tokens in finished:
                if tokens is None:
                    return None
                counts[index] = tokens
        return counts

    async def _send(self, request: Request, shape: RequestShape) -> Reply:
        system, user = request_messages(request)
        parameters: dict[str, Any] = {}
        if self.formats[shape.format_index] == "json_schema":
            parameters["output_config"] = {
                "format": {"type": "json_schema", "schema": reply_schema(request)}
            }
        if "cache_control" not in shape.without:
            parameters["cache_control"] = {"type": "ephemeral"}
        # The SDK's own signature has left these out; models that take them still do.
        drawn = {"temperature": self._sampling.temperature, "top_p": self._sampling.top_p}
        message: object = await self._client.messages.create(
            model=self._model,
            max_tokens=self._sampling.max_new_tokens,
            system=system,
            messages=[{"role": "user", "content": user}],
            extra_body={
                name: value
                for name, value in drawn.items()
                if value is not None and name not in shape.without
            }
            | self._options,
            **parameters,
        )
        return self._read(message)

    def _read(self, message: Any) -> Reply:
        content = getattr(message, "content", None)
        text = message_text(content)
        if not isinstance(content, list) or text is None:
            raise TeacherError(f"{self._endpoint.url} sent no message; run the command again")
        usage = getattr(message, "usage", None)
        read = [
            token_count(getattr(usage, part, None))
            for part in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        ]
        return Reply(
            text=text,
            tokens_in=None if read[0] is None else sum(part or 0 for part in read),
            tokens_out=token_count(getattr(usage, "output_tokens", None)),
            finish=_FINISHES.get(str(getattr(message, "stop_reason", None)), "stop"),
        )


def anthropic_teacher(context: TeacherContext) -> AnthropicTeacher:
    """Return the teacher `anthropic:<model>`; ANTHROPIC_BASE_URL and the key are the SDK's own.

    Raises:
        TeacherError: if ANTHROPIC_BASE_URL is no address.
    """
    return AnthropicTeacher(
        f"anthropic:{context.target}",
        endpoint_from("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
        context.target,
        context.sampling,
        concurrency=context.concurrency,
        timeout=context.timeout,
        options=context.options,
        window=context.window,
    )

"""Server kinds: OpenAI-compatible servers, each refusing in its own words what it does not take.

Most of the words are those of public reports; some, where no report was found, are from memory.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from support.http_servers import Answer, Request, chat_completion, pairs_json

PAIRS = (
    ("What is the capital of Norway?", "The capital of Norway is Oslo.", "Oslo is the capital."),
    ("Where does Oslo lie?", "It lies at the head of the Oslofjord.", "The city lies there."),
)
"""What each of them answers as soon as it takes the request: (question, answer, evidence)."""

Body = dict[str, Any]
Rule = Callable[[Body], Answer | None]
NOW = {"retry-after-ms": "1"}


def complain(status: int, body: Any) -> Answer:
    """An error as a server sends it, for which nobody waits."""
    payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(payload, status, headers=NOW)


def error(message: str, **more: Any) -> Body:
    """An error body as OpenAI sends it."""
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


def no_system(status: int, body: Any) -> Rule:
    """Take no system role."""
    return lambda sent: complain(status, body) if sent["messages"][0]["role"] != "user" else None


def formats(allowed: tuple[str | None, ...], status: int, body: Any) -> Rule:
    """Take these output formats alone; None is none."""
    return lambda sent: (
        complain(status, body)
        if sent.get("response_format", {}).get("type") not in allowed
        else None
    )


def without(parameter: str, status: int, body: Any) -> Rule:
    """Take a request only without a parameter."""
    return lambda sent: complain(status, body) if parameter in sent else None


def positive(status: int, body: Any) -> Rule:
    """Take no temperature of 0."""
    return lambda sent: complain(status, body) if sent.get("temperature") == 0 else None


def at_most(limit: int, status: int, body: Any) -> Rule:
    """Take a limit on replies up to this one."""
    return lambda sent: (
        complain(status, body)
        if max(sent.get("max_completion_tokens", 0), sent.get("max_tokens", 0)) > limit
        else None
    )


def unread_limit(default: int) -> Rule:
    """Read `max_tokens` alone, and cut the reply at a default without it."""

    def rule(sent: Body) -> Answer | None:
        if sent.get("max_tokens", 0) > default:
            return None
        completion = chat_completion(pairs_json(*PAIRS)[: default * 3], finish_reason="length")
        completion["usage"]["completion_tokens"] = default
        return Answer(completion)

    return rule


def only_streamed(status: int, body: Any) -> Rule:
    """Answer in a stream alone."""
    return lambda sent: (
        Answer(events(pairs_json(*PAIRS)), headers={"content-type": "text/event-stream"})
        if sent.get("stream")
        else complain(status, body)
    )


def streamed_unasked(content_type: str) -> Rule:
    """Answer in a stream, whatever is asked for."""
    return lambda sent: Answer(events(pairs_json(*PAIRS)), headers={"content-type": content_type})


def events(text: str, *, size: int = 7) -> bytes:
    """A streamed reply: the role, the text in pieces, the finish, the usage, the end."""

    def chunk(delta: Body, finish: str | None = None) -> Body:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "1", "object": "chat.completion.chunk", "choices": [choice]}

    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    usage = chat_completion("")["usage"]
    chunks = [
        chunk({"role": "assistant", "content": ""}),
        *(chunk({"content": piece}) for piece in pieces),
        chunk({}, "stop"),
        {"id": "1", "object": "chat.completion.chunk", "choices": [], "usage": usage},
    ]
    lines = [f"data: {json.dumps(each)}" for each in chunks]
    return "\n\n".join([": keep-alive", *lines, "data: [DONE]", ""]).encode()


@dataclass(frozen=True)
class ServerKind:
    """A server: the first of its rules that has something against a request answers it."""

    name: str
    rules: tuple[Rule, ...]
    sampling: dict[str, Any] = field(default_factory=dict)
    requests: int = 2

    async def __call__(self, request: Request) -> Answer:
        if request.method == "GET":
            return Answer({"object": "list", "data": [{"id": "m", "object": "model"}]})
        for rule in self.rules:
            if answer := rule(request.json):
                return answer
        return Answer(chat_completion(pairs_json(*PAIRS)))


_ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/..."
_MINJA = (
    "\n------------\nWhile executing CallExpression at line 19, column 27 in source:\n"
    '...% 2 == 0) -%}↵        {{ raise_exception("Conversation roles must alternate user...\n'
    f"                                           ^\nError: Jinja Exception: {_ALTERNATE}"
)
_EXTRA = "Extra inputs are not permitted"


def _gemini(message: str) -> list[Body]:
    return [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}]


def _vllm(message: str) -> Body:
    kind = {"type": "BadRequestError", "param": None, "code": 400}
    return {"object": "error", "message": message, **kind}


def _mistral(field_name: str) -> Body:
    place = {"type": "extra_forbidden", "loc": ["body", field_name], "msg": _EXTRA, "input": 1}
    return {"object": "error", "message": {"detail": [place]}, "type": "invalid_request_error"}


def _openrouter(raw: Body) -> Body:
    beside = {"raw": json.dumps(raw), "provider_name": "Google AI Studio"}
    return {"error": {"message": "Provider returned error", "code": 400, "metadata": beside}}


KINDS = (
    ServerKind("Ollama: reads max_tokens alone", (unread_limit(128),)),
    ServerKind(
        "LM Studio: template without a system role",
        (
            no_system(
                400,
                {
                    "error": 'Error rendering prompt with jinja template: "Error: Only user and '
                    'assistant roles are supported!"'
                },
            ),
        ),
    ),
    ServerKind(
        "LM Studio: no structured output",
        (formats((None,), 400, {"error": "'response_format.type' must be 'text'"}),),
        requests=3,
    ),
    ServerKind(
        "llama.cpp: template without a system role",
        (no_system(500, error(_MINJA, code=500)),),
    ),
    ServerKind(
        "llama.cpp: older, json_object alone",
        (
            formats(
                ("json_object", None),
                500,
                error(
                    'response_format type must be one of "text" or "json_object", but got: '
                    "json_schema",
                    code=500,
                ),
            ),
        ),
    ),
    ServerKind(
        "llama.cpp: grammar that it cannot read",
        (formats((None,), 400, error("Failed to initialize samplers: failed to parse grammar")),),
        requests=3,
    ),
    ServerKind(
        "llama-cpp-python: 16 tokens, json_object alone",
        (
            formats(
                ("json_object", None),
                422,
                {
                    "detail": [
                        {
                            "type": "literal_error",
                            "loc": ["body", "response_format", "type"],
                            "msg": "Input should be 'text' or 'json_object'",
                            "input": "json_schema",
                        }
                    ]
                },
            ),
            unread_limit(16),
        ),
        requests=3,
    ),
    ServerKind(
        "vLLM: older, max_completion_tokens forbidden",
        (
            without(
                "max_completion_tokens",
                400,
                _vllm(
                    "[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), "
                    f"'msg': '{_EXTRA}', 'input': 1024}}]"
                ),
            ),
        ),
    ),
    ServerKind("vLLM: Gemma 2", (no_system(400, _vllm("System role not supported")),)),
    ServerKind(
        "vLLM: schema that its grammar backend lacks",
        (
            formats(
                ("json_object", None),
                400,
                _vllm("The provided JSON schema contains features not supported by xgrammar."),
            ),
        ),
    ),
    # Four tries of the client, then one that names no system role.
    ServerKind("SGLang: Gemma 2", (no_system(500, "Internal Server Error"),), requests=5),
    ServerKind("mistral.rs: Gemma 2, no body", (no_system(500, ""),), requests=5),
    ServerKind(
        "mistral.rs: Mistral 7B",
        (no_system(500, {"message": f"invalid operation: {_ALTERNATE} (in chat_template:1)"}),),
    ),
    ServerKind(
        "TGI: temperature",
        (
            positive(
                422,
                {
                    "error": "Input validation error: `temperature` must be strictly positive",
                    "error_type": "validation",
                },
            ),
        ),
    ),
    ServerKind(
        "TGI: 100 tokens, no json_schema",
        (
            formats(
                (None,),
                422,
                "Failed to deserialize the JSON body into the target type: response_format: "
                "unknown variant `json_schema`, expected one of `json`, `regex`",
            ),
            unread_limit(100),
        ),
        requests=4,
    ),
    ServerKind(
        "LoRAX: Mixtral",
        (
            no_system(
                424,
                {
                    "error": f"Request failed during generation: Server error: {_ALTERNATE}",
                    "error_type": "generation",
                },
            ),
        ),
    ),
    ServerKind(
        "OpenRouter: no provider for the format",
        (
            formats(
                (None,),
                404,
                error(
                    "No endpoints found that can handle the requested parameters. To learn more "
                    "about provider routing, visit: https://openrouter.ai/docs/provider-routing",
                    code=404,
                ),
            ),
        ),
    ),
    ServerKind(
        "OpenRouter: the provider's own words beside",
        (
            no_system(
                400,
                _openrouter(_gemini("Developer instruction is not enabled for models/gemma-3")[0]),
            ),
        ),
    ),
    ServerKind(
        "OpenRouter: an error with status 200",
        (formats((None,), 200, error("json_schema is not supported", code=400)),),
        requests=3,
    ),
    ServerKind(
        "Groq: JSON that it could not write",
        (
            formats(
                (None,),
                400,
                error(
                    "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' "
                    "for more details.",
                    code="json_validate_failed",
                ),
            ),
        ),
        requests=3,
    ),
    ServerKind(
        "Groq: json_object alone, a lower limit",
        (
            formats(
                ("json_object", None),
                400,
                error(
                    "'response_format.type' : value is not one of the allowed values "
                    "['text','json_object']"
                ),
            ),
            at_most(
                512,
                400,
                error(
                    "`max_completion_tokens` must be less than or equal to `512`, the maximum "
                    "value for `max_completion_tokens` is less than the `context_window` for this "
                    "model"
                ),
            ),
        ),
        requests=3,
    ),
    ServerKind(
        "Gemini: seed",
        (
            without(
                "seed",
                400,
                _gemini('Invalid JSON payload received. Unknown name "seed": Cannot find field.'),
            ),
        ),
        sampling={"seed": 7},
    ),
    ServerKind(
        "Gemini: Gemma 3",
        (
            no_system(
                400, _gemini("Developer instruction is not enabled for models/gemma-3-27b-it")
            ),
            formats((None,), 400, _gemini("Json mode is not enabled for models/gemma-3-27b-it")),
        ),
        requests=4,
    ),
    ServerKind(
        "Azure: an older API version",
        (
            formats(
                ("json_object", None),
                400,
                error(
                    "response_format value as json_schema is enabled only for api versions "
                    "2024-08-01-preview and later"
                ),
            ),
        ),
    ),
    ServerKind(
        "OpenAI: first reasoning models",
        (
            no_system(
                400,
                error(
                    "Unsupported value: 'messages[0].role' does not support 'system' with this "
                    "model.",
                    param="messages[0].role",
                    code="unsupported_value",
                ),
            ),
            without(
                "temperature",
                400,
                error(
                    "Unsupported value: 'temperature' does not support 0.0 with this model. Only "
                    "the default (1) value is supported.",
                    param="temperature",
                ),
            ),
        ),
        requests=3,
    ),
    ServerKind(
        "Mistral: names that it does not know",
        (
            without("max_completion_tokens", 422, _mistral("max_completion_tokens")),
            without("seed", 422, _mistral("seed")),
        ),
        sampling={"seed": 7},
        requests=3,
    ),
    ServerKind(
        "DeepSeek: json_object alone, a lower limit",
        (
            formats(
                ("json_object", None), 400, error("This response_format type is unavailable now")
            ),
            at_most(
                512,
                400,
                error("Invalid max_tokens value, the valid range of max_tokens is [1, 512]"),
            ),
        ),
        requests=3,
    ),
    ServerKind(
        "DashScope: streams alone",
        (
            only_streamed(
                400,
                error(
                    "This model only support stream mode, please enable the stream parameter to "
                    "access the model. ",
                    code="invalid_parameter_error",
                ),
            ),
        ),
    ),
    ServerKind(
        "DashScope: a lower limit",
        (
            at_most(
                512,
                400,
                error(
                    "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be "
                    "[1, 512]"
                ),
            ),
        ),
    ),
    ServerKind(
        "LiteLLM: a parameter of the model behind",
        (
            without(
                "temperature",
                400,
                error(
                    "litellm.UnsupportedParamsError: acme does not support parameters: "
                    "['temperature'], for model=m. To drop these, set `litellm.drop_params=True` "
                    "or for proxy: `litellm_settings: drop_params: true`"
                ),
            ),
        ),
    ),
    ServerKind(
        "Together through LiteLLM: response_format",
        (
            formats(
                (None,),
                400,
                error(
                    "litellm.UnsupportedParamsError: together_ai does not support parameters: "
                    "['response_format'], for model=m. To drop these, set "
                    "`litellm.drop_params=True`"
                ),
            ),
        ),
        requests=3,
    ),
    ServerKind(
        "Zhipu: temperature",
        (positive(400, error("temperature参数非法。请检查文档。", code="1214")),),
    ),
    ServerKind(
        "GigaChat: temperature",
        (
            positive(
                422,
                {
                    "status": 422,
                    "message": "Invalid params: temperature must be in range (0, +inf)",
                },
            ),
        ),
    ),
    ServerKind(
        "Fireworks: names that it does not know",
        (
            without(
                "max_completion_tokens",
                400,
                error(f"{_EXTRA}, field: 'max_completion_tokens', value: 1024"),
            ),
        ),
    ),
    ServerKind(
        "Fireworks: stream_options",
        (
            without("stream_options", 400, error(f"{_EXTRA}, field: 'stream_options'")),
            only_streamed(
                400, error("Requests must have stream=true: enable the stream parameter")
            ),
        ),
        requests=3,
    ),
    ServerKind(
        "xAI: response_format",
        (
            formats(
                (None,),
                400,
                {
                    "code": "Client specified an invalid argument",
                    "error": "The response_format parameter is unsupported at the moment. Leave "
                    "it unset.",
                },
            ),
        ),
        requests=3,
    ),
    ServerKind(
        "A proxy that streams unasked", (streamed_unasked("text/event-stream"),), requests=1
    ),
    ServerKind(
        "A proxy that streams and calls it JSON",
        (streamed_unasked("application/json"),),
        requests=1,
    ),
)
"""`requests` is how many each of them is sent until its first reply."""

import pytest

from dlm_lsp.teachers.context_refusal import ContextRefusal, context_refusal


def openai(message, code=None, kind="invalid_request_error"):
    return {"message": message, "type": kind, "param": "messages", "code": code}


REFUSALS = [
    (
        "openai",
        openai(
            "This model's maximum context length is 8192 tokens. However, your messages resulted "
            "in 8202 tokens. Please reduce the length of the messages.",
            "context_length_exceeded",
        ),
        8192,
    ),
    (
        "openai, older",
        openai(
            "This model's maximum context length is 4097 tokens, however you requested 4322 tokens "
            "(4066 in your prompt; 256 for the completion). Please reduce your prompt; or "
            "completion length."
        ),
        4097,
    ),
    (
        "vllm",
        {
            "object": "error",
            "message": "This model's maximum context length is 6048 tokens. However, you requested "
            "6616 tokens (568 in the messages, 6048 in the completion). Please reduce the length "
            "of the messages or completion.",
            "type": "BadRequestError",
            "code": 400,
        },
        6048,
    ),
    (
        "vllm, later",
        "This model's maximum context length is 262144 tokens. However, you requested 128000 "
        "output tokens and your prompt contains at least 134145 input tokens, for a total of at "
        "least 262145 tokens. (parameter=input_tokens, value=134145)",
        262144,
    ),
    (
        "vllm, characters",
        "You passed 74655 input characters and requested 32000 output tokens. However, the "
        "model's context length is only 32000 tokens, resulting in a maximum input length of 0 "
        "tokens (at most 0 characters). Please reduce the length of the input prompt.",
        32000,
    ),
    (
        "vllm, decoder",
        "The decoder prompt (length 21535) is longer than the maximum model length of 16384. Make "
        "sure that `max_model_len` is no smaller than the number of text tokens.",
        16384,
    ),
    (
        "vllm, engine",
        "The prompt (total length 25938) is too long to fit into the model (context length 4096).",
        4096,
    ),
    (
        "llama.cpp",
        {
            "code": 400,
            "message": "the request exceeds the available context size. try increasing the context "
            "size or enable context shift",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": 1407,
            "n_ctx": 256,
        },
        256,
    ),
    ("llama.cpp, older", "the request exceeds the available context size, try increasing it", None),
    ("llama-cpp-python", "Requested tokens (2285) exceed context window of 2048", 2048),
    (
        "lm studio",
        "Trying to keep the first 111490 tokens when context the overflows. However, the model is "
        "loaded with context length of only 32768 tokens, which is not enough. Try to load the "
        "model with a larger context length, or provide a shorter input.",
        32768,
    ),
    (
        "lm studio, later",
        "The number of tokens to keep from the initial prompt is greater than the context length "
        "(n_keep: 10247 >= n_ctx: 4096). Try to load the model with a larger context length, or "
        "provide a shorter prompt.",
        4096,
    ),
    ("lm studio, mlx", "Context size has been exceeded", None),
    ("lm studio, first", "Error: Input length 6491 exceeds context length 1500", 1500),
    (
        "anthropic",
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "prompt is too long: 210000 tokens > 200000 maximum",
            },
        },
        200000,
    ),
    (
        "anthropic, with the reply",
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "input length and `max_tokens` exceed context limit: 199759 + 8192 > "
                "200000, decrease input length or `max_tokens` and try again",
            },
        },
        200000,
    ),
    (
        "groq",
        openai(
            "Please reduce the length of the messages or completion.", "context_length_exceeded"
        ),
        None,
    ),
    (
        "groq, a minute's tokens",
        openai(
            "Request too large for model `llama-3.1-8b-instant` in organization `org_x` service "
            "tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 12328, please "
            "reduce your message size and try again.",
            "rate_limit_exceeded",
            "tokens",
        ),
        6000,
    ),
    (
        "openai, a minute's tokens",
        openai(
            "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit "
            "30000, Requested 36278. The input or output tokens must be reduced in order to run "
            "successfully.",
            "rate_limit_exceeded",
            "tokens",
        ),
        30000,
    ),
    (
        "openrouter",
        "This endpoint's maximum context length is 131072 tokens. However, you requested about "
        "138956 tokens (7884 of text input, 131072 in the output). Please reduce the length of "
        'either one, or use the "middle-out" transform.',
        131072,
    ),
    (
        "gemini",
        "The input token count (314175) exceeds the maximum number of tokens allowed (131072).",
        131072,
    ),
    (
        "mistral",
        "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum "
        "context length",
        32768,
    ),
    (
        "tgi",
        {
            "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. "
            "Given: 3474 `inputs` tokens and 60 `max_new_tokens`",
            "error_type": "validation",
        },
        2048,
    ),
    (
        "tgi, the prompt alone",
        "Input validation error: `inputs` must have less than 4096 tokens. Given: 4545",
        4096,
    ),
    (
        "sglang",
        "Requested token count exceeds the model's maximum context length of 202752 tokens. You "
        "requested a total of 202941 tokens: 170941 tokens from the input messages and 32000 "
        "tokens for the completion.",
        202752,
    ),
    (
        "sglang, the prompt alone",
        "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
        40960,
    ),
    (
        "sglang, memory",
        "Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens).",
        59862,
    ),
    ("volcano", "Input length 203743 exceeds the maximum length 202752", 202752),
    ("bedrock", "Input is too long for requested model.", None),
    ("dashscope", "Range of input length should be [1, 30720]", 30720),
    ("moonshot", "Invalid request: Your request exceeded model token limit: 8192", 8192),
    ("zhipu", "Prompt exceeds max length", None),
    ("ollama", "the input length exceeds the context length", None),
]


@pytest.mark.parametrize(
    ("body", "limit"),
    [(body, limit) for _, body, limit in REFUSALS],
    ids=[who for who, _, _ in REFUSALS],
)
def test_a_refusal_over_the_context_is_known_with_the_number_that_it_names(body, limit):
    body = {"message": body} if isinstance(body, str) else body
    assert context_refusal(body) == ContextRefusal(limit)


@pytest.mark.parametrize(
    "words",
    [
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        "max_tokens is too large: 8192. This model supports at most 4096 completion tokens",
        "The maximum tokens you requested exceeds the model limit of 2048. Try again with a "
        "maximum tokens value that is lower than 2048.",
        "max_tokens: 70000 > 64000, which is the maximum allowed number of output tokens for m",
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16",
        "`temperature` must be strictly positive",
        "Input validation error: `max_new_tokens` must be <= 192. Given: 1024",
        "response_format json_schema is not supported",
        "Invalid schema for response_format: too many properties",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "System role not supported",
        "Failed to generate JSON. Please adjust your prompt. See 'failed_generation'",
        "No endpoints found that can handle the requested parameters.",
        "Invalid value: logprobs must be at most 20",
        "The response was filtered due to the prompt triggering content management policy",
        "Rate limit reached for model `m` on tokens per minute (TPM): Limit 6000, Used 5034, "
        "Requested 1443. Please try again in 4.77s.",
        "This request would exceed the rate limit for your organization of 20,000 input tokens "
        "per minute.",
        "Your credit balance is too low to access the Anthropic API.",
        "Invalid value for 'content': expected a string, got null.",
        "Unrecognized request argument supplied: enable_thinking",
        "",
    ],
)
def test_what_is_about_something_else_is_left_to_others(words):
    assert context_refusal({"message": words}) is None


@pytest.mark.parametrize("body", [None, "", "too long", 7, [], {"error": {"error": None}}])
def test_a_body_of_any_form_is_read(body):
    assert context_refusal(body) in (None, ContextRefusal())

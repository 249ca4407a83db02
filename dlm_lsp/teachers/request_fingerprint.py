"""Request fingerprint: everything that decides the reply of an API to a request."""

import json
from dataclasses import asdict
from functools import lru_cache

from dlm_lsp.teachers.protocol import Request, VerdictRequest
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages, verdict_prompts


# It is asked for at the estimate, before the request and behind the reply, with those of other
# documents in between.
@lru_cache(maxsize=256)
def request_fingerprint(request: Request, alike: str) -> str:
    """Return the prompt and `alike`, a JSON object of what all requests have alike, as JSON.

    Replies are kept by it, so that any change of it has all of them asked for anew.
    """
    # In which of two ways a verdict is had is found out on the way.
    scored = (
        {"scored": [asdict(messages) for messages in verdict_prompts(request)]}
        if isinstance(request, VerdictRequest)
        else {}
    )
    prompt = asdict(request_messages(request))
    return json.dumps(
        {**json.loads(alike), "schema": reply_schema(request), **prompt, **scored}, sort_keys=True
    )

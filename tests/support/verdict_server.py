"""Verdict server: an OpenAI-compatible server that verifies, in one way or in another."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from support.http_servers import Answer, Hang, Request, chat_completion

ANY_ANSWER = "Two or three wheels, in Kent."
"""What agrees with each answer of the tests that say nothing of it."""
NO_LOGPROBS = "logprobs is not supported by this model"


def scored(likely: dict[str, float]) -> dict[str, Any]:
    """A chat completion of one token, with how likely each first token was."""
    completion = chat_completion(max(likely, key=likely.__getitem__))
    top = [{"token": word, "logprob": math.log(p), "bytes": None} for word, p in likely.items()]
    content = [{**top[0], "top_logprobs": top}]
    completion["choices"][0]["logprobs"] = {"content": content, "refusal": None}
    return completion


def verdicts(*rights: bool | None, says: str = "") -> str:
    """Verdicts by the schema; None leaves one out."""
    items = [
        {"pair": number, "text_says": says, "right": right}
        for number, right in enumerate(rights, 1)
        if right is not None
    ]
    return json.dumps({"verdicts": items})


class VerdictServer:
    """A behaviour for `WireServer`: a pair whose answer is in `wrong` gets a no.

    `kind` is what it can: tell log-probabilities, refuse them, or say nothing of them. A question
    that is asked again gets what `answers` says to it, else `ANY_ANSWER`. `asked` are the requests
    for verdicts, `asked_again` those for answers.
    """

    def __init__(
        self,
        kind: str = "scores",
        wrong: frozenset[str] = frozenset(),
        answers: Mapping[str, str | Answer] = {},
    ) -> None:
        self.kind = kind
        self.wrong = wrong
        self.answers = answers
        self.asked: list[dict[str, Any]] = []
        self.asked_again: list[dict[str, Any]] = []
        self.hang_at: int | None = None
        self.fail_at: int | None = None
        self.words: str | None = None

    async def __call__(self, request: Request) -> Answer | Hang:
        if request.target.startswith("/v1/models"):
            return Answer({"object": "list", "data": [{"id": "m", "object": "model"}]})
        body = request.json
        if "logprobs" in body and self.kind == "refuses":
            return Answer({"error": {"message": NO_LOGPROBS}}, status=400)
        if not answers_in(body):
            self.asked_again.append(body)
            answer = self.answers.get(question_in(body), ANY_ANSWER)
            return answer if isinstance(answer, Answer) else Answer(chat_completion(answer))
        self.asked.append(body)
        if self.hang_at == len(self.asked):
            return Hang()
        if self.fail_at == len(self.asked):
            return Answer({"error": {"message": "no"}}, status=422)
        rights = [answer not in self.wrong for answer in answers_in(body)]
        if "logprobs" in body:
            if self.kind == "ignores":
                return Answer(chat_completion("Well"))
            yes = 0.9 if rights[0] else 0.2
            return Answer(scored({"Yes": yes, "No": 0.95 - yes, "Well": 0.05}))
        text = verdicts(*rights, says="two wheels") if self.words is None else self.words
        return Answer(chat_completion(text))


def question_in(asked: dict[str, Any]) -> str:
    """The question that is asked again."""
    prompt: str = asked["messages"][-1]["content"]
    return prompt.rpartition("Question: ")[2]


def answers_in(asked: dict[str, Any] | str) -> list[str]:
    """The answers that a request, or its prompt, asks about."""
    prompt = asked if isinstance(asked, str) else asked["messages"][-1]["content"]
    in_words = re.findall(r'"proposed_answer": "((?:[^"\\]|\\.)*)"', prompt)
    alone = re.findall(r"^Proposed answer: (.*)$", prompt, re.MULTILINE)
    return alone or [json.loads(f'"{answer}"') for answer in in_words]

"""Reply faults: whether a reply was worth its request, and may be taken from the cache later."""

from dlm_lsp.synth.parse_reply import ParsedReply, parse_reply
from dlm_lsp.synth.parse_verdicts import parse_verdicts
from dlm_lsp.synth.thoughts import without_thoughts
from dlm_lsp.teachers.protocol import AnswerRequest, PairRequest, Reply, Request, VerdictRequest

_CUT = "broke off at its token limit before anything in it was complete"
_RAISE = "raise max_new_tokens"


def read_pairs(reply: Reply) -> ParsedReply:
    """Return the pairs of a reply.

    Where its text is empty and it has ended, they may stand in what the server took for thoughts.
    """
    parsed = parse_reply(reply.text, cut=reply.finish == "length")
    if reply.text.strip() or reply.finish != "stop":
        return parsed
    beside = parse_reply(reply.reasoning)
    return beside if beside.pairs else parsed


def reply_fault(request: Request, reply: Reply) -> str:
    """Return what makes a reply a failed request, as in "was empty; try another model"."""
    if reply.finish == "refusal" or (reply.note and reply.finish == "stop"):
        return ""
    says_something = bool(without_thoughts(reply.text).strip())
    if says_something and (reply.finish == "stop" or not isinstance(request, PairRequest)):
        return ""
    if isinstance(request, PairRequest) and read_pairs(reply).pairs:
        return ""
    if reply.finish == "length":
        return f"{_CUT}; {reply.note or _RAISE}"
    thought = " but for its thoughts" if (reply.text + reply.reasoning).strip() else ""
    return f"was empty{thought}; try another model"


def is_whole(request: Request, reply: Reply) -> bool:
    """Tell whether a reply says all that there is to say, so that nobody need ask again."""
    # Of an answer to a question nothing is used but what ends, so that asking again is no help.
    if reply.finish != "length" or isinstance(request, AnswerRequest):
        return not reply_fault(request, reply)
    if not isinstance(request, VerdictRequest):
        return False
    verdicts = parse_verdicts(reply, len(request.pairs))
    return all(verdict.probability is not None for verdict in verdicts)

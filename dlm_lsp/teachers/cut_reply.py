"""Cut replies: whether a server ended a reply before its limit, and why more would not help."""

from dlm_lsp.teachers.protocol import Reply
from dlm_lsp.teachers.request_fallback import RequestShape


def is_cut_early(shape: RequestShape, reply: Reply, max_new_tokens: int) -> bool:
    """Tell whether a reply ended by length, and far below the limit that was sent.

    `max_new_tokens` is what the user wants of it.
    """
    # No token is less than a byte.
    written = len(reply.text.encode("utf-8", "replace"))
    if reply.tokens_out is not None:
        written = reply.tokens_out
    return reply.finish == "length" and 2 * written <= shape.limit(max_new_tokens)


def why_cut(shape: RequestShape, reply: Reply, max_new_tokens: int) -> str:
    """Return why a reply is cut where more than was asked for would not help, else nothing."""
    if reply.finish != "length":
        return ""
    if is_cut_early(shape, reply, max_new_tokens):
        return (
            f"the server ended the reply far below the limit of {shape.limit(max_new_tokens)} "
            "tokens that it was sent; see its own limit and its context"
        )
    if shape.most_tokens and shape.most_tokens < max_new_tokens:
        return f"the server gives no more than {shape.most_tokens} tokens a reply"
    return ""

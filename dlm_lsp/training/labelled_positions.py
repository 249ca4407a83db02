"""Labelled positions: the loss of a batch, computed only where a token is to be learned."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

# Logits in memory at a time, in bytes: more rows at once multiply faster, up to about 128.
_LOGITS = 64 * 2**20
# Logits that are turned into probabilities at a time, in numbers: they have to stay in the cache.
_CACHED = 2**20


def summed_loss(
    hidden: "torch.Tensor", head: "torch.Tensor", labels: "torch.Tensor"
) -> "torch.Tensor":
    """Return the negative log-likelihood of `labels`, in nats, summed over the rows of `hidden`.

    `head` are the weights of the output head; they get no gradient. The gradient of `hidden` is
    computed together with the loss, so each logit is computed once, and few are in memory.
    """
    loss: torch.Tensor = _summed_loss().apply(hidden.to(head.dtype), head, labels)
    return loss


@cache
def _summed_loss() -> Any:
    """Return the function that PyTorch differentiates; its base is imported when it is needed."""
    import torch

    class SummedLoss(torch.autograd.Function):
        @staticmethod
        def forward(
            ctx: Any, hidden: torch.Tensor, head: torch.Tensor, labels: torch.Tensor
        ) -> torch.Tensor:
            loss = torch.zeros((), device=hidden.device)
            ctx.gradient = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
            at_once = max(1, _LOGITS // (len(head) * hidden.element_size()))
            for start in range(0, len(hidden), at_once):
                rows = slice(start, start + at_once)
                logits = hidden[rows] @ head.t()
                loss += _loss_and_gradient(logits, labels[rows])
                if ctx.gradient is not None:
                    torch.mm(logits, head, out=ctx.gradient[rows])
            return loss

        @staticmethod
        def backward(ctx: Any, upstream: torch.Tensor) -> tuple[torch.Tensor, None, None]:
            return ctx.gradient * upstream.to(ctx.gradient.dtype), None, None

    return SummedLoss


def _loss_and_gradient(logits: "torch.Tensor", labels: "torch.Tensor") -> "torch.Tensor":
    """Return the summed loss, and put its gradient in the place of the logits."""
    import torch

    loss = torch.zeros((), device=logits.device)
    at_once = max(1, _CACHED // logits.shape[1])
    for start in range(0, len(logits), at_once):
        rows = logits[start : start + at_once]
        at = labels[start : start + at_once].unsqueeze(1)
        chances = torch.log_softmax(rows.float(), dim=-1)
        loss -= chances.gather(1, at).sum()
        chances.exp_()
        chances.scatter_add_(1, at, torch.full_like(at, -1, dtype=chances.dtype))
        rows.copy_(chances)
    return loss


def has_plain_head(model: Any) -> bool:
    """Return whether a model's logits are its last hidden state times its output embeddings.

    Some models bound or scale their logits, or scale what the head reads. It is tried out on one
    token, with conspicuous logits in the place of the head's.
    """
    import torch

    head, backbone = model.get_output_embeddings(), model.base_model
    if backbone is model or head is None or getattr(head, "bias", None) is not None:
        return False
    read: list[torch.Tensor] = []
    made: list[torch.Tensor] = []

    def after_backbone(_module: Any, _inputs: Any, outputs: Any) -> None:
        read.append(outputs[0])

    def after_head(_module: Any, inputs: Any, logits: torch.Tensor) -> torch.Tensor:
        read.append(inputs[0])
        made.append(torch.linspace(-1e4, 1e4, logits.numel(), device=logits.device).to(logits))
        return made[0].view_as(logits)

    hooks = (
        backbone.register_forward_hook(after_backbone),
        head.register_forward_hook(after_head),
    )
    try:
        with torch.no_grad():
            logits = model(input_ids=torch.zeros((1, 1), dtype=torch.long, device=model.device))[0]
    finally:
        for hook in hooks:
            hook.remove()
    return (
        len(read) == 2
        and torch.equal(read[0], read[1])
        and torch.equal(logits.flatten().float(), made[0].float())
    )

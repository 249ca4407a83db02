"""CPU trainer: TRL's SFTTrainer, sparing a processor what does not change what is learned."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dlm_lsp.training.encode_rows import IGNORED
from dlm_lsp.training.labelled_positions import has_plain_head, summed_loss

if TYPE_CHECKING:
    import torch


def cpu_trainer() -> Any:
    """Return the class of the trainer.

    On a GPU, TRL computes the loss at labelled positions alone; elsewhere it computes all logits,
    twice, and that is most of a training. The rows of an update are put into batches by their
    length, for a batch costs as much as its longest row.
    """
    from trl import SFTTrainer

    class CpuTrainer(SFTTrainer):  # type: ignore[misc]
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            base = self.model.get_base_model()
            # With experts, the loss has a part that is not in the logits.
            self.plain_base = base if has_plain_head(base) and not self.aux_loss_enabled else None

        def get_batch_samples(self, *arguments: Any) -> tuple[list[Any], Any]:
            batches, labelled = super().get_batch_samples(*arguments)
            # Without their number each batch counts alike, whatever is in it.
            if labelled is not None:
                batches = [self.data_collator(rows) for rows in by_length(batches)]
            return batches, labelled

        def compute_loss(
            self,
            model: Any,
            inputs: dict[str, Any],
            *,
            return_outputs: bool = False,
            num_items_in_batch: Any = None,
        ) -> Any:
            if self.plain_base is None or return_outputs:
                return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
            labels = inputs["labels"][:, 1:]
            labelled = labels != IGNORED
            with self.accelerator.autocast():
                read = self.plain_base.base_model(
                    input_ids=inputs["input_ids"],
                    attention_mask=inputs["attention_mask"],
                    use_cache=False,
                )
            loss = summed_loss(
                read.last_hidden_state[:, :-1][labelled],
                self.plain_base.get_output_embeddings().weight,
                labels[labelled],
            )
            count = labelled.sum() if num_items_in_batch is None else num_items_in_batch
            return loss / max(1, int(count))

    return CpuTrainer


def by_length(batches: Sequence[Mapping[str, "torch.Tensor"]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of padded batches in as many batches as large, the longest rows first."""
    rows = [
        {key: batch[key][at][here.bool()].tolist() for key in ("input_ids", "labels")}
        for batch in batches
        for at, here in enumerate(batch["attention_mask"])
    ]
    rows.sort(key=lambda row: len(row["input_ids"]), reverse=True)
    start = 0
    for batch in batches:
        size = len(batch["input_ids"])
        yield rows[start : start + size]
        start += size

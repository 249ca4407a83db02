"""Model loading: weights, tokenizer and adapters, in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlm_lsp.document.base_models import shown_name
from dlm_lsp.errors import ModelError
from dlm_lsp.local.adapter_compat import check_adapter_fits
from dlm_lsp.local.chat_template import end_of_turn, template_of
from dlm_lsp.local.device import current_device
from dlm_lsp.local.load_errors import model_errors
from dlm_lsp.local.number_type import device_number_type
from dlm_lsp.local.weights import ModelWeights, require_local_extra, resolve_weights

if TYPE_CHECKING:
    import torch

_SAFE: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
_MOST_ADAPTERS = 8
"""How many adapters a model carries at once."""
_USUAL_WINDOW = 2048
"""What a model is taken to look at that does not say it, in tokens."""


@dataclass(slots=True)
class LoadedModel:
    """A model ready to run, in evaluation mode, with its tokenizer padding on the left."""

    name: str
    """What the user calls it; of a path the last part."""
    weights: ModelWeights
    model: Any
    tokenizer: Any
    device: "torch.device"
    _adapters: dict[str, str] = field(default_factory=dict)
    _attached: int = 0
    _grammar_tokenizer: Any = None
    _ends: frozenset[int] | None = None

    @property
    def grammar_tokenizer(self) -> Any:
        """The tokenizer as llguidance needs it: seconds for a large vocabulary, once."""
        if self._grammar_tokenizer is None:
            from llguidance.hf import from_tokenizer

            self._grammar_tokenizer = from_tokenizer(
                self.tokenizer, n_vocab=self.vocabulary, eos_token=sorted(self.ends)
            )
        return self._grammar_tokenizer

    @property
    def number_type(self) -> str:
        """What it computes in, as PyTorch names it: `float32` or `bfloat16`."""
        return str(self.model.get_output_embeddings().weight.dtype).removeprefix("torch.")

    @property
    def vocabulary(self) -> int:
        """How many tokens the model tells apart."""
        return int(self.model.get_output_embeddings().weight.shape[0])

    @property
    def sliding_window(self) -> int | None:
        """How many tokens back some of its layers look; None where all see everything."""
        text_config = self.model.config.get_text_config()
        window: int | None = getattr(text_config, "sliding_window", None)
        return window

    @property
    def chat(self) -> bool:
        """Whether the model was taught to follow instructions in turns."""
        return bool(self.tokenizer.chat_template)

    @property
    def ends(self) -> frozenset[int]:
        """The tokens with which the model ends what it writes.

        Some base models bring a chat template that ends turns in another way than their texts.
        """
        if self._ends is None:
            texts = self.model.generation_config.eos_token_id
            turns = end_of_turn(self.tokenizer, template_of(self.tokenizer))
            ends = {*(texts if isinstance(texts, list) else [texts]), turns}
            self._ends = frozenset(ends | {self.tokenizer.eos_token_id}) - {None}
        return self._ends

    @contextmanager
    def speaking_as(self, adapter: Path | None) -> Iterator[Any]:
        """Give the model with `adapter` switched on, or bare where it is None."""
        if adapter is None:
            if not self._adapters:
                yield self.model
                return
            with self.model.disable_adapter():
                yield self.model
            return
        name = self._attach(adapter)
        self.model.set_adapter(name)
        yield self.model

    def _attach(self, adapter: Path) -> str:
        """Put an adapter on the model, unless it is there; return what it is called there.

        Of many documents each may have its own, so those that were not used for long are taken off.
        """
        if name := self._adapters.pop(str(adapter), None):
            self._adapters[str(adapter)] = name
            return name
        from peft import PeftModel

        name = str(self._attached)
        check_adapter_fits(self.model.get_base_model() if self._adapters else self.model, adapter)
        # Whatever fails below, another adapter never gets this name.
        self._attached += 1
        if self._adapters:
            self.model.load_adapter(adapter, name)
        else:
            self.model = PeftModel.from_pretrained(self.model, adapter, adapter_name=name)
        self.model.eval()
        self._adapters[str(adapter)] = name
        while len(self._adapters) > _MOST_ADAPTERS:
            self.model.delete_adapter(self._adapters.pop(next(iter(self._adapters))))
        return name


def load_model(model: str) -> LoadedModel:
    """Return `model` in memory, on the device of the call; the second time at once.

    Raises:
        DeviceError: the device is not there.
        ModelError: no such model, no way to get at it, or nothing that can be loaded.
    """
    require_local_extra()
    key = (resolve_weights(model), current_device())
    loaded = _models.pop(key, None)
    if loaded is None:
        # Before room is needed, and not after.
        _let_go_of(list(_models)[: len(_models) - _MOST_MODELS + 1])
        loaded = _loaded(model, *key)
    _models[key] = loaded
    return loaded


def load_with_adapter(model: str, adapter: Path | None) -> str:
    """Bring `model` with `adapter` into memory and return what it computes in.

    Raises:
        ModelError: as `load_model`; or the adapter does not fit.
    """
    loaded = load_model(model)
    with loaded.speaking_as(adapter):
        return loaded.number_type


def keep_models(models: Sequence[str]) -> None:
    """Let go of every model in memory but these; one that is not there is no matter."""
    stay = set()
    for model in models:
        with suppress(ModelError):
            stay.add(resolve_weights(model))
    _let_go_of([key for key in _models if key[0] not in stay])


# The last one used is the last; two, so that a teacher and a judge of another make can take turns.
_MOST_MODELS = 2
_models: dict[tuple[ModelWeights, str], LoadedModel] = {}


def _let_go_of(keys: Sequence[tuple[ModelWeights, str]]) -> None:
    if not keys:
        return
    import gc

    import torch

    for key in keys:
        del _models[key]
    # Layers know the model that they are in.
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _loaded(model: str, weights: ModelWeights, device_name: str) -> LoadedModel:
    import torch

    device = torch.device(device_name)
    dtype = getattr(torch, device_number_type(device, weights.size))
    loaded = read_model(model, weights, dtype)
    tokenizer = read_tokenizer(model, weights, padding="left")
    with model_errors(model, weights):
        loaded = loaded.to(device).eval()
    loaded.get_output_embeddings().register_forward_pre_hook(_packed)
    return LoadedModel(shown_name(model), weights, loaded, tokenizer, device)


def _packed(_head: Any, given: "tuple[torch.Tensor, ...]") -> "tuple[torch.Tensor, ...]":
    """Return what the output head reads without gaps between its rows.

    Of frozen weights, and an adapter freezes them, torch.matmul would otherwise make a copy for
    every row of the batch: seconds and gigabytes, where there are many tokens.
    """
    return (given[0].contiguous(), *given[1:])


def read_model(model: str, weights: ModelWeights, dtype: Any, **more: Any) -> Any:
    """Return the model of these weights, in numbers of this type; `more` goes to transformers.

    Raises:
        ModelError: it cannot be loaded.
    """
    from transformers import AutoModelForCausalLM

    with model_errors(model, weights):
        return AutoModelForCausalLM.from_pretrained(
            weights.folder, dtype=dtype, use_safetensors=True, **_SAFE, **more
        )


def read_tokenizer(model: str, weights: ModelWeights, *, padding: str) -> Any:
    """Return the tokenizer of these weights, with a token to pad with on the side `padding`.

    Its `model_max_length` is how many tokens the model can look at, where the model says so.

    Raises:
        ModelError: it cannot be loaded, or has no fast form.
    """
    from transformers import AutoConfig, AutoTokenizer

    with model_errors(model, weights):
        tokenizer = AutoTokenizer.from_pretrained(weights.folder, padding_side=padding, **_SAFE)
        window = context_window(AutoConfig.from_pretrained(weights.folder, **_SAFE))
    if window:
        # What it brings is often another number, or none.
        tokenizer.model_max_length = window
    if not tokenizer.is_fast:
        raise ModelError(f"{model} has no fast tokenizer (tokenizer.json); take another model")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def read_window(model: str, weights: ModelWeights) -> int:
    """Return how many tokens the model of these weights can look at.

    Raises:
        ModelError: its configuration cannot be read.
    """
    from transformers import AutoConfig

    with model_errors(model, weights):
        config = AutoConfig.from_pretrained(weights.folder, **_SAFE)
    return context_window(config) or _USUAL_WINDOW


def context_window(config: Any) -> int | None:
    """Return how many tokens a model with this config can look at, None where it does not say."""
    window = getattr(config.get_text_config(), "max_position_embeddings", None)
    return int(window) if window else None

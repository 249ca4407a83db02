"""Frontmatter schema: every key with its type, range, default and meaning (format §2)."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

CURRENT_VERSION = 15
ADAPTER_NAME_RULE = "a lower-case letter, then up to 31 lower-case letters, digits or `_`"
ULID_PATTERN = "^[0-9A-HJ-KM-NP-TV-Z]{26}$"

# A plain string among the metadata says in words what a type takes, where that does not follow
# from the type itself; `describe_allowed` shows it.
Ulid = Annotated[
    str,
    Field(pattern=ULID_PATTERN),
    "a ULID: 26 characters of 0-9 and A-Z without I, L, O and U",
]
AdapterName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,31}$"), ADAPTER_NAME_RULE]
ModelName = Annotated[str, Field(min_length=1), "a key of the registry or `hf:org/name`"]
NonEmpty = Annotated[str, Field(min_length=1), "a text that is not empty"]
AutoOrCount = Literal["auto"] | Annotated[int, Field(ge=1)]

AdapterKind = Annotated[
    Literal["lora", "qlora", "dora"],
    Field(description="How the adapter is built: LoRA, LoRA on a 4-bit base, or DoRA."),
]
Rank = Annotated[
    int,
    Field(ge=1, le=256, description="The rank of the adapter: more learns more and weighs more."),
]
Alpha = Annotated[
    int,
    Field(ge=1, description="The scale of the adapter; its effect grows with alpha over rank."),
]
Dropout = Annotated[
    float,
    Field(ge=0.0, le=0.5, description="The share of adapter inputs dropped while training."),
]
TargetModules = Annotated[
    Literal["auto"] | list[str],
    Field(description="The layers that get an adapter; `auto` picks them by architecture."),
]
AdapterRate = Annotated[
    float,
    Field(gt=0.0, description="The peak learning rate of supervised training."),
]


class Block(BaseModel):
    """A mapping of the frontmatter: frozen, and with no key but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PreferenceHyperparams(Block):
    """The numbers of preference training."""

    beta: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        description="DPO: how strongly to stay near the reference model.",
    )
    alpha: float = Field(
        default=0.1, ge=0.0, le=1.0, description="ORPO: the weight of the odds-ratio term."
    )
    learning_rate: float = Field(
        default=5e-6, gt=0.0, description="The peak learning rate of the preference phase."
    )
    num_epochs: int = Field(default=1, ge=1, description="Passes over the preference sections.")


class Preference(Block):
    """Learning from chosen and rejected answers, after supervised training."""

    enabled: bool = Field(default=False, description="Whether the preference phase runs.")
    method: Literal["dpo", "orpo"] = Field(default="dpo", description="The preference loss.")
    hyperparams: PreferenceHyperparams = Field(
        default=PreferenceHyperparams(), description="The numbers of preference training."
    )
    loss_type: Literal["sigmoid", "hinge", "ipo"] = Field(
        default="sigmoid", description="DPO only: the shape of the loss."
    )
    reference: Literal["base", "pre_adapter"] = Field(
        default="pre_adapter",
        description="DPO only: compare with the base model, or with the adapter before this phase.",
    )


class Cpt(Block):
    """Continued pretraining on prose."""

    schedule: Literal["auto", "dapt", "sft"] = Field(
        default="auto",
        description="The learning-rate curve; `auto` takes `dapt` where prose prevails.",
    )
    embed_warmup_steps: int = Field(
        default=0, ge=0, description="Steps in which embeddings and output head learn too."
    )


class Gate(Block):
    """A small network that weighs the named adapters for each prompt."""

    enabled: bool = Field(default=False, description="Whether a gate is trained.")
    hidden_proj_dim: int = Field(
        default=64, ge=8, le=2048, description="The width of its hidden layer."
    )
    steps: int = Field(default=200, ge=1, le=10000, description="The training steps of the gate.")
    lr: float = Field(default=3e-4, gt=0.0, le=1.0, description="The learning rate of the gate.")
    cold_start_floor: int = Field(
        default=4, ge=1, le=1024, description="Sections an adapter needs before a gate is trained."
    )
    entropy_lambda: float = Field(
        default=0.01,
        ge=0.0,
        le=1.0,
        description="How much the gate is kept from picking one adapter only.",
    )


class Cache(Block):
    """The store of tokenized sections on disk."""

    enabled: bool = Field(
        default=True, description="Whether tokenized sections are kept between runs."
    )
    max_bytes: int = Field(
        default=10 * 1024**3, ge=1, description="The size the cache may reach, in bytes."
    )
    prune_older_than_days: int = Field(
        default=90, ge=1, description="The age in days at which unused entries may go."
    )


class Audio(Block):
    """How audio sections are read."""

    auto_resample: bool = Field(
        default=False, description="Resample a recording whose rate the base model does not take."
    )


class Adapter(Block):
    """One named adapter of a document with several."""

    adapter: AdapterKind = "lora"
    lora_r: Rank = 8
    lora_alpha: Alpha = 16
    lora_dropout: Dropout = 0.05
    target_modules: TargetModules = "auto"
    learning_rate: AdapterRate = 2e-4


NamedAdapters = Annotated[
    dict[AdapterName, Adapter], Field(min_length=1), "a mapping of one or more named adapters"
]


class SourceConfig(Block):
    """A file or folder whose text is trained on as prose."""

    path: NonEmpty = Field(description="The file or folder, seen from the document.")
    include: tuple[str, ...] = Field(
        default=("**/*",), description="Glob patterns of what to read."
    )
    exclude: tuple[str, ...] = Field(default=(), description="Glob patterns of what to leave out.")
    max_bytes_per_file: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Leave out files larger than this, in bytes."
    )
    max_files: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Read at most this many files."
    )


class Training(Block):
    """How the document is trained."""

    adapter: AdapterKind = "lora"
    lora_r: Rank = 8
    lora_alpha: Alpha = 16
    lora_dropout: Dropout = 0.05
    target_modules: TargetModules = "auto"
    sequence_len: int = Field(
        default=2048, ge=64, le=32768, description="The longest training row, in tokens."
    )
    micro_batch_size: AutoOrCount = Field(
        default="auto", description="Rows on the device at once; `auto` fits them to its memory."
    )
    grad_accum: AutoOrCount = Field(
        default="auto", description="Batches gathered before each update of the weights."
    )
    learning_rate: AdapterRate = 2e-4
    num_epochs: int = Field(default=3, ge=1, description="Passes over the document.")
    optimizer: Literal[
        "adamw_torch", "adamw_bnb_8bit", "paged_adamw_8bit", "galore_adamw", "galore_adamw_8bit"
    ] = Field(default="adamw_torch", description="The optimizer; the 8-bit ones need less memory.")
    lr_scheduler: Literal["cosine", "linear", "constant"] = Field(
        default="cosine", description="How the learning rate falls after the warm-up."
    )
    warmup_ratio: float = Field(
        default=0.1,
        ge=0.0,
        le=0.5,
        description="The share of steps in which the learning rate rises.",
    )
    precision: Literal["bf16", "fp16", "fp32"] | None = Field(
        default=None, description="The number format of training; `null` picks it by device."
    )
    seed: int = Field(default=42, description="The seed of everything random.")
    preference: Preference = Field(
        default=Preference(), description="Learning from chosen and rejected answers."
    )
    cpt: Cpt = Field(default=Cpt(), description="Continued pretraining on prose.")
    gate: Gate = Field(default=Gate(), description="A network that weighs the named adapters.")
    cache: Cache = Field(default=Cache(), description="The store of tokenized sections on disk.")
    audio: Audio = Field(default=Audio(), description="How audio sections are read.")
    adapters: NamedAdapters | None = Field(
        default=None,
        description="Named adapters; a fence such as `::instruction#name::` picks one.",
    )
    sources: tuple[SourceConfig, ...] | None = Field(
        default=None, description="Files and folders that are trained on as prose."
    )
    sources_policy: Literal["permissive", "strict"] = Field(
        default="permissive",
        description="`strict` keeps sources inside the folder of the document.",
    )

    @model_validator(mode="after")
    def _keys_agree(self) -> Self:
        if conflicts := list(self._conflicts()):
            # They travel in the context, so that each can be shown at its own key.
            raise PydanticCustomError(
                "conflict", "keys of `training` contradict each other", {"conflicts": conflicts}
            )
        return self

    def _conflicts(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the path of each key that contradicts another, with the reason."""
        if self.gate.enabled and len(self.adapters or ()) < 2:
            yield ("gate", "enabled"), "a gate needs two or more `training.adapters`"
        if self.adapters is not None:
            for key, field in Adapter.model_fields.items():
                if getattr(self, key) != field.default:
                    yield (key,), f"with `training.adapters`, `{key}` belongs under each adapter"


class Export(Block):
    """How the trained model is exported."""

    default_quant: Literal["Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0"] = Field(
        default="Q4_K_M", description="The quantization of an export that names none."
    )
    default_temperature: Annotated[float, Field(gt=0.0, le=2.0)] | None = Field(
        default=None, description="The sampling temperature written into the export."
    )
    default_top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = Field(
        default=None, description="The nucleus sampling limit written into the export."
    )


class Frontmatter(Block):
    """The head of a document, as version 15 words it."""

    dlm_id: Ulid = Field(description="The identity of the document: its store is kept by it.")
    dlm_version: int = Field(
        default=CURRENT_VERSION,
        ge=1,
        le=CURRENT_VERSION,
        description="The version of the format; without it, the document is read as version 1.",
    )
    base_model: ModelName = Field(
        description="The model to train: a key of the registry, `hf:org/name`, or the path of a "
        "folder or a GGUF file, as in `hf:./model.gguf`."
    )
    system_prompt: str | None = Field(
        default=None, description="The system message of every training conversation."
    )
    training: Training = Field(default=Training(), description="How the document is trained.")
    export: Export = Field(default=Export(), description="How the model is exported.")

"""Marked frontmatters: and those that hypothesis makes, right, wrong and with slips."""

from hypothesis import strategies as st

from dlm_lsp.document.edit import Span, apply_edits
from dlm_lsp.document.frontmatter import read_frontmatter
from dlm_lsp.document.problem import Problem
from dlm_lsp.document.schema import Frontmatter

ID = "dlm_id: 01HZ4X7TGZM3J1A2B3C4D5E6F7"
BASE = "base_model: qwen2.5-0.5b"
REQUIRED = f"{ID}\n{BASE}\n"
_OPENING = "---\n"


def read(yaml: str) -> tuple[Frontmatter | None, list[Problem]]:
    """What is read from a document with this YAML between its `---` lines."""
    return read_frontmatter(f"{_OPENING}{yaml}---\n", Span(len(_OPENING), len(_OPENING + yaml)))


def found(marked: str) -> list[str]:
    """The codes of the problems in the YAML, each checked to point at what the marks enclose.

    What begins with `⟦---⟧` points at the line above the YAML.
    """
    text = marked.replace("⟦", "").replace("⟧", "")
    above = text.startswith("---")
    problems = read(text.removeprefix(_OPENING))[1]
    text = _OPENING + text.removeprefix(_OPENING)
    for span in sorted({problem.span for problem in problems}, reverse=True):
        text = f"{text[: span.start]}⟦{text[span.start : span.end]}⟧{text[span.end :]}"
    assert (text if above else text.removeprefix(_OPENING)) == marked
    return [problem.code for problem in problems]


def messages(yaml: str) -> str:
    """The messages of the problems in the YAML, a line each."""
    return "\n".join(problem.message for problem in read(yaml)[1])


def mended(yaml: str) -> str:
    """The YAML after every fix that its problems offer."""
    text = f"{_OPENING}{yaml}---\n"
    fixes = [problem.fix for problem in read(yaml)[1] if problem.fix]
    after = apply_edits(text, [edit for fix in fixes for edit in fix.edits])
    return after.removeprefix(_OPENING).removesuffix("---\n")


_GOOD = {
    "dlm_id": ["01HZ4X7TGZM3J1A2B3C4D5E6F7"],
    "dlm_version": ["15", "14", "2", "1"],
    "base_model": ["qwen2.5-0.5b", "hf:google/gemma-3-270m"],
    "system_prompt": ["Be brief.", "|\n    Two\n    lines.", "null", "'é 😀'"],
    "adapter": ["lora", "qlora", "dora"],
    "lora_r": ["1", "256"],
    "lora_alpha": ["1", "16"],
    "lora_dropout": ["0", "0.5"],
    "target_modules": ["auto", "[q_proj, v_proj]", "[]"],
    "sequence_len": ["64", "32768"],
    "micro_batch_size": ["auto", "4"],
    "grad_accum": ["auto", "1"],
    "learning_rate": ["2e-4", "0.5"],
    "num_epochs": ["1", "3"],
    "optimizer": ["adamw_torch", "galore_adamw_8bit"],
    "lr_scheduler": ["cosine", "linear"],
    "warmup_ratio": ["0.0", "0.5"],
    "precision": ["bf16", "null"],
    "seed": ["42", "-1"],
    "enabled": ["true", "false"],
    "method": ["dpo", "orpo"],
    "beta": ["0", "1"],
    "alpha": ["0.1"],
    "loss_type": ["sigmoid", "ipo"],
    "reference": ["base", "pre_adapter"],
    "schedule": ["auto", "dapt"],
    "embed_warmup_steps": ["0", "100"],
    "hidden_proj_dim": ["8", "2048"],
    "steps": ["1", "10000"],
    "lr": ["0.5", "1"],
    "cold_start_floor": ["1", "1024"],
    "entropy_lambda": ["0", "1"],
    "max_bytes": ["1", "10737418240"],
    "prune_older_than_days": ["1"],
    "auto_resample": ["true"],
    "sources_policy": ["permissive", "strict"],
    "include": ["['*.py']"],
    "exclude": ["[]"],
    "max_bytes_per_file": ["1", "null"],
    "max_files": ["1"],
    "path": ["notes"],
    "default_quant": ["Q4_K_M", "Q8_0"],
    "default_temperature": ["0.1", "2"],
    "default_top_p": ["0.1", "1"],
}
_BLOCKS = {
    "training": (
        "adapter lora_r lora_alpha lora_dropout target_modules sequence_len micro_batch_size "
        "grad_accum learning_rate num_epochs optimizer lr_scheduler warmup_ratio precision seed "
        "preference cpt gate cache audio sources_policy dpo"
    ),
    "preference": "enabled method hyperparams loss_type reference",
    "hyperparams": "beta alpha learning_rate num_epochs",
    "cpt": "schedule embed_warmup_steps",
    "gate": "hidden_proj_dim steps lr cold_start_floor entropy_lambda",
    "cache": "enabled max_bytes prune_older_than_days",
    "audio": "auto_resample",
    "dpo": "enabled beta learning_rate num_epochs loss_type reference",
    "export": "default_quant default_temperature default_top_p",
    "named": "adapter lora_r lora_alpha lora_dropout target_modules learning_rate",
    "source": "include exclude max_bytes_per_file max_files",
}
# Values of every type that YAML knows, and some that only look like one.
_ODD = [
    "0", "-1", "1.0", "8.5", "257", "99", "9999999999999999999999", "true", "yes", "null", "~",
    "", "auto", "[]", "[a]", "[1]", "{}", "{a: {}}", "'8'", "' 8 '", "'true'", "1_0", "0x10",
    "010", "1:30", ".inf", ".nan", "2024-01-01", "2024-13-45", "!!str 8", "!!int x",
    "!!float '1'", "!!binary YWJj", "!!set {a}", "!!omap [a: 1]", "!!python/none ~", "!foo x",
    "&a 8", "*a", "=", "'inf'", "'nan'", "1e400", "a: b", '"a\\nb"', '"\\ud83d"', "#c", "hf:a/b",
    "!!null ''", "!!bool x", "!!timestamp x", "[path: a]", "-0", "<<", "x\u2028y",
]  # fmt: skip
_SLIPS = [
    *":#-{}[]&*!|>'\"%@`,? \t\n=<~\\_.0a1\u2028\x85\x0c\ufeff😀\x00\x07",
    *("\n\n", " #", "\n  ", "- ", "? ", ": ", "<<: ", "&a ", "*a", "!!str ", "...", "\n...\n"),
]


def _value(key: str) -> st.SearchStrategy[str]:
    good = st.sampled_from(_GOOD[key])
    return st.integers(0, 15).flatmap(lambda n: st.sampled_from(_ODD) if n == 0 else good)


@st.composite
def _block(draw: st.DrawFn, name: str, indent: int) -> str:
    keys = draw(st.lists(st.sampled_from(_BLOCKS[name].split()), unique=True, max_size=5))
    return "".join(f"\n{' ' * indent}{key}: {draw(_entry(key, indent + 2))}" for key in keys)


def _entry(key: str, indent: int) -> st.SearchStrategy[str]:
    return _block(key, indent) if key in _BLOCKS else _value(key)


@st.composite
def _adapters(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(["tone", "facts", "x1", "A"]), unique=True, max_size=3))
    return "\n  adapters:" + "".join(f"\n    {name}:{draw(_block('named', 6))}" for name in names)


@st.composite
def _sources(draw: st.DrawFn) -> str:
    entry = draw(_block("source", 6))
    return f"\n  sources:\n    - path: {draw(_value('path'))}{entry}"


@st.composite
def frontmatters(draw: st.DrawFn) -> str:
    """A frontmatter, most of them right."""
    training = draw(_block("training", 2))
    training += draw(st.one_of(st.just(""), _adapters(), _sources()))
    entries = {
        "dlm_id": draw(_value("dlm_id")),
        "base_model": draw(_value("base_model")),
        "dlm_version": draw(_value("dlm_version")),
        "system_prompt": draw(_value("system_prompt")),
        "training": training or "{}",
        "export": draw(_block("export", 2)) or "{}",
    }
    optional = draw(st.sets(st.sampled_from(list(entries)[2:])))
    keys = draw(st.permutations(["dlm_id", "base_model", *sorted(optional)]))
    return "\n".join(f"{key}: {entries[key]}" for key in keys)


@st.composite
def slipped(draw: st.DrawFn) -> str:
    """A frontmatter with a few slips: characters put in or left out, lines repeated or lost."""
    text = draw(frontmatters())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        lines = text.split("\n")
        line = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["add", "add", "drop", "repeat", "lose"])):
            case "add":
                text = text[:at] + draw(st.sampled_from(_SLIPS)) + text[at:]
            case "drop":
                text = text[:at] + text[at + 1 :]
            case "repeat":
                text = "\n".join([*lines[: line + 1], *lines[line:]])
            case "lose":
                text = "\n".join([*lines[:line], *lines[line + 1 :]])
    # A line of three hyphens would close the frontmatter.
    return "\n".join("- -" if line == "---" else line for line in text.split("\n"))

"""Local teacher benchmark: what a token costs that a model on this machine writes, in batches."""

import json
import statistics
import subprocess
import time

from bench.figure import Figure, compared
from bench.judge_auroc import MODEL, passages
from bench.reference import reference_python
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.load import load_model

PROMPTS = 8
TOKENS = 48
RUNS = 2

# The reference's own teacher, given the folder of the weights that we read too.
_REFERENCE = """
import json, sys, time
from dlm.synth.teachers import HfTeacher
from transformers import AutoTokenizer

folder, most, runs, texts = json.load(sys.stdin)
teacher, tokenizer = HfTeacher(folder, device="cpu"), AutoTokenizer.from_pretrained(folder)

def milliseconds(texts):
    start = time.perf_counter()
    replies = [teacher.generate("", text, max_new_tokens=most) for text in texts]
    seconds = time.perf_counter() - start
    ids = (tokenizer(reply, add_special_tokens=False).input_ids for reply in replies)
    return 1000 * seconds / sum(map(len, ids))

milliseconds(texts[:1])
print(json.dumps([milliseconds(texts) for _ in range(runs)]))
"""


def measure() -> list[Figure]:
    """Have both teachers go on with the same eight texts, after one to warm up."""
    texts = [f"{text.prose.split('. ')[0]}. In other words," for text in passages()[:PROMPTS]]
    prompts = [Prompt(text, max_new_tokens=TOKENS) for text in texts]
    _milliseconds(prompts[:1])
    ours = statistics.median(_milliseconds(prompts) for _ in range(RUNS))
    given = json.dumps([str(load_model(MODEL).weights.folder), TOKENS, RUNS, texts])
    done = subprocess.run(
        [str(reference_python()), "-c", _REFERENCE],
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    reference = statistics.median(json.loads(done.stdout))
    what = f"a token that {MODEL} writes to {PROMPTS} prompts"
    return [compared(what, "ms", ours, reference, 1 / 3)]


def _milliseconds(prompts: list[Prompt]) -> float:
    start = time.perf_counter()
    tokens = sum(generated.tokens_out for generated in generate_batch(MODEL, None, prompts))
    return 1000 * (time.perf_counter() - start) / tokens


if __name__ == "__main__":
    print(*measure(), sep="\n")

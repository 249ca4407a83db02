"""Teacher models: who wrote the pairs, and how each is reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TeacherModel:
    """A model under the name it has in tables, and the selector that reaches it."""

    name: str
    selector: str
    model: str


TEACHERS = {
    teacher.name: teacher
    for teacher in (
        TeacherModel(
            "qwen-1.5b", "vllm-server:http://127.0.0.1:18431", "Qwen2.5-Coder-1.5B-Instruct Q4_K_M"
        ),
        TeacherModel(
            "smollm2-135m", "vllm-server:http://127.0.0.1:18432", "SmolLM2-135M-Instruct Q4_K_M"
        ),
        TeacherModel("gemma-270m-base", "hf:gemma-3-270m", "gemma-3-270m, a base model"),
    )
}
"""The servers are llama.cpp's; which address is whose is told by the selectors."""

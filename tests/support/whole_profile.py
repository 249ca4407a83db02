"""Whole profile: a `dlm.toml` that says everything one may say."""

WHOLE = """\
[options]
teacher = "lab"
per_section = 5
filter = "dedup-only"

[ask]
audience = "people who repair mills"
questions = ["why something is done"]
instruction = "Give lengths in metres."

[[ask.examples]]
evidence = "The axle is greased in May."
question = "When is the axle of the mill greased?"
answer = "In May."

[teachers.lab]
selector = "vllm-server:http://lab:8000#m"
teacher_options = { reasoning_effort = "low" }
window = 8192
"""

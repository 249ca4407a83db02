"""Synthesis request: what the flags of a run ask for."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.synth.teacher_options import parse_teacher_options
from dlm_lsp.teachers.protocol import GenerationOptions

_OPTION_OF = {"filter_": "filter", "temp": "temperature", "teacher_option": "teacher_options"}
"""The options whose parameters are called otherwise."""


def request_of(flags: Mapping[str, Any]) -> SynthRequest:
    """Return the request that the parameters of `dlm synth instructions` make.

    Raises:
        OptionError: a choice that cannot be, or an option of the teacher that cannot be read.
    """
    values = {_OPTION_OF.get(name, name): value for name, value in flags.items()}
    sampling = {f.name: values.pop(f.name) for f in fields(GenerationOptions) if f.name in values}
    teacher, judge = values.pop("teacher"), values.pop("judge")
    given = parse_teacher_options(values.pop("teacher_options", None) or ())
    return SynthRequest(
        teacher,
        judge,
        SynthOptions(**values, teacher_options=given, sampling=GenerationOptions(**sampling)),
    )

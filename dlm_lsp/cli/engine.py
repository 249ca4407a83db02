"""Run engine: where the teachers and judges of a run are, this process or a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dlm_lsp.cli.output import print_notice
from dlm_lsp.synth.run_models import THIS_MACHINE, ModelSource
from dlm_lsp.synth.synth_request import SynthRequest


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs the models: this process, or workers on a Ray cluster at `address`."""

    is_ray: bool = False
    address: str | None = None

    @contextmanager
    def source(self, request: SynthRequest) -> Iterator[ModelSource]:
        """Give the models, and end at the end of the block what was started for them.

        Raises:
            UsageError: there is no such cluster, or Ray is not installed.
        """
        if not self.is_ray:
            yield THIS_MACHINE
            return
        from dlm_lsp.cluster.ray_cluster import ray_source

        with ray_source(request, self.address, print_notice) as source:
            yield source

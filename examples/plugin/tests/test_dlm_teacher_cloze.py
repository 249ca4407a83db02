"""The cloze teacher keeps the contract of teachers."""

import asyncio

from dlm_teacher_cloze import CLOZE, ClozeTeacher

from dlm_lsp.testing import PairRequest, check_kind, check_teacher


def test_its_row_is_in_order() -> None:
    """The row has a fit name and one line about it."""
    check_kind(CLOZE)


def test_it_keeps_the_contract() -> None:
    """The teacher keeps every promise of the protocol."""
    prose = "The bridge of Harrow was built in 1899. It has 7 arches."
    requests = [PairRequest(prose, "extraction", 2), PairRequest(prose, "expansion", 1)]
    requests.append(PairRequest("No number here.", "extraction", 1))
    asyncio.run(check_teacher(ClozeTeacher, requests=requests, needs_pairs=True))

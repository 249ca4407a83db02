import re
from pathlib import Path

from dlm_lsp.synth import report
from dlm_lsp.synth.refusal_words import reason_in_words


def test_every_reason_of_a_report_has_words_of_its_own():
    described = f"{report.Refusal.__doc__} {report.Skip.__doc__}"
    reasons = re.findall(r"`([a-z]+_[a-z_]+|looping|rejected|shortfall|deferred)`", described)
    reasons = [reason for reason in reasons if reason != "source_id"]
    assert len(reasons) > 20
    words = [reason_in_words(reason) for reason in reasons]
    assert len(set(words)) == len(words)
    assert not [word for word in words if "_" in word]


def test_every_reason_that_is_given_in_the_code_has_words():
    room = Path(report.__file__).parent
    given = {
        reason
        for path in (*room.glob("*.py"), *(room.parent / "quality").glob("*.py"))
        for reason in re.findall(
            r"(?:PairFault|make_refusal)\((?:\w+, )?\"([a-z_]+)\"", path.read_text()
        )
    }
    assert "rejected" in given
    assert not {reason for reason in given if reason_in_words(reason) == reason.replace("_", " ")}


def test_a_reason_of_a_later_version_stands_for_itself():
    assert reason_in_words("too_blue") == "too blue"

"""Notices: what a teacher says is heard by everybody who listens, as long as he does."""

from dlm_lsp.synth.notices import Notices


class Talker:
    def tell_to(self, on_notice):
        self.say = on_notice


def test_everybody_who_listens_hears_what_a_teacher_says():
    notices, talker = Notices(), Talker()
    notices.hear(talker)
    first, second = [], []
    with notices.listening(first.append):
        talker.say("a")
        with notices.listening(second.append):
            talker.say("b")
        talker.say("c")
    talker.say("d")
    assert (first, second) == (["a", "b", "c"], ["b"])


def test_who_says_nothing_may_be_there_too():
    Notices().hear(object())

from dlm_lsp.synth.raw_pair import RawPair


def test_evidence_may_be_missing():
    assert RawPair("Why?", "So.").evidence == ""

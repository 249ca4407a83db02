"""Report outline: what a report shows, in its order and in words."""

from dataclasses import replace

from dlm_lsp.document import Document, Pair, parse
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage, Verdict
from dlm_lsp.synth.report_outline import PairStates, ReportOutline, report_outline
from dlm_lsp.synth.saved_report import SavedReport
from dlm_lsp.teachers.money import Money

HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\n"
DOCUMENT = parse(f"{HEAD}\n# Oslo\n\nA city.\n::prose::\n# Bergen\n\nA port.\n")
OSLO, BERGEN = (section.id for section in DOCUMENT.sections)
AT = "2026-01-31T09:30:00Z"
SPENT = Usage(requests=3, from_cache=1, tokens_in=100, tokens_out=20, seconds=1.25)


def accepted(question: str, source_id: str = OSLO, **more) -> Candidate:
    return Candidate(Pair(question, "It is."), source_id, "extraction", **more)


def refused(reason: str, source_id: str = OSLO, **more) -> Refusal:
    return Refusal("What?", "It.", source_id, "extraction", reason, "why", **more)


def run(*pairs: Candidate | Refusal | Skip, **more) -> Report:
    values = {"usage": SPENT, "generated": 4, "dedup": 3, "judge_passed": 2, "threshold": 2}
    kinds = {"accepted": Candidate, "refused": Refusal, "skipped": Skip}
    by_kind = {
        name: tuple(pair for pair in pairs if isinstance(pair, kind))
        for name, kind in kinds.items()
    }
    return Report("sway", **by_kind, **values | more)


def outline(
    report: Report,
    document: Document = DOCUMENT,
    states: PairStates | None = None,
    **more,
) -> ReportOutline:
    saved = SavedReport("openai:m", more.pop("judge", None), AT, report, **more)
    return report_outline(saved, document, states or PairStates(), lambda option: f"<{option}>")


def fact(label: str, report: Report, **more) -> str | None:
    return dict(outline(report, **more).facts).get(label)


def test_the_head_says_who_wrote_when_and_what_it_cost():
    assert outline(run(), judge="sway:m", judged_by="sway:m (threshold 0.1)").facts == (
        ("Teacher", "openai:m"),
        ("Judge", "sway:m (threshold 0.1)"),
        ("Time", AT),
        ("Pairs", "4 generated, 3 after text rules and duplicates, 0 accepted"),
        ("Cost", "3 requests, 1 from the cache, 100 tokens in, 20 out, 1.2 s"),
    )


def test_the_head_says_what_a_run_cost_in_money_where_that_is_known():
    spent = replace(SPENT, cost=Money(43_210, "USD"))
    assert (fact("Cost", run(usage=spent)) or "").endswith("20 out, 1.2 s, $0.043")


def test_tokens_that_nobody_counted_are_none():
    large = Usage(requests=1000, from_cache=2000, tokens_in=3000, tokens_out=4000)
    words = "1,000 requests, 2,000 from the cache, 3,000 tokens in, 4,000 out, "
    assert words in (fact("Cost", run(usage=large)) or "")
    assert "0 tokens in, 0 out" in (fact("Cost", run(usage=Usage(requests=1))) or "")


def test_the_head_says_where_the_accepted_pairs_are_now():
    pairs = [accepted(f"What is {n}?") for n in range(4)]
    present = parse(f"{DOCUMENT.text}::instruction::\n### Q\nWhat is 0?\n### A\nIt is.\n")
    states = PairStates({pairs[1].id}, {pairs[2].id})
    assert fact("Accepted ones now", run(*pairs), document=present, states=states) == (
        "1 in the document, 1 staged, 1 rejected or edited by you, "
        "1 neither staged nor in the document"
    )


def test_the_head_says_why_nothing_was_accepted_and_which_option_changes_it():
    assert fact("Nothing accepted", run(refused("below_threshold"))) == (
        "most pairs are below the judge's threshold; lower it (<threshold>)"
    )


def test_the_head_says_how_a_run_ended_early():
    assert fact("Ended early", run(stopped=True)) == "it was cancelled"
    assert fact("Ended early", run(failure="the key is wrong")) == "the key is wrong"


def test_a_verifier_is_named_with_what_it_verified_and_what_went_without():
    unread = accepted("Who?", verdict=Verdict(None, "the verdict could not be read"))
    right = accepted("What?", margin=1.234, verdict=Verdict(0.876))
    report = run(right, unread, verified=1)
    assert fact("Verifier", report, verifier="openai:n") == (
        "openai:n, 1 verified, 1 accepted unverified"
    )
    ((_, pairs),) = outline(report).accepted
    assert [pair.basis for pair in pairs] == [
        "extraction, margin 1.23, right with a probability of 0.88",
        "extraction, unverified (the verdict could not be read)",
    ]


def test_why_nobody_verified_is_said_where_that_was_not_asked_for():
    assert fact("Not verified", run(), why_unverified="the models are small")
    assert fact("Not verified", run()) is None


def test_accepted_pairs_come_by_their_sections():
    shown = outline(run(accepted("A?"), accepted("B?", BERGEN), accepted("C?"))).accepted
    assert [(place.name, place.line, len(pairs)) for place, pairs in shown] == [
        ("Oslo", 6, 2),
        ("Bergen", 10, 1),
    ]


def test_refused_pairs_come_by_their_reason_the_commonest_first():
    shown = outline(run(refused("looping"), refused("rejected"), refused("rejected"))).refused
    assert [(words, len(pairs)) for words, pairs in shown] == [
        ("rejected by you", 2),
        ("repeats itself", 1),
    ]


def test_every_section_has_its_yield_in_the_order_of_the_document():
    skip = Skip(BERGEN, "extraction", "shortfall", "1 of 2")
    shown = outline(run(refused("looping", BERGEN), accepted("A?"), refused("looping"), skip))
    assert [(s.place.name, s.accepted, s.refused) for s in shown.sections] == [
        ("Oslo", 1, 1),
        ("Bergen", 0, 1),
    ]


def test_margins_are_those_of_judged_pairs():
    shown = outline(run(accepted("A?", margin=0.5), accepted("B?"), refused("looping", margin=0.1)))
    assert (shown.margins, shown.refused_margins) == ((0.5,), (0.1,))

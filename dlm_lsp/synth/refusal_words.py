"""Refusal words: what the reasons of refusals and skips are called where people read them."""

_WORDS = {
    "invalid_structure": "cannot stand in a document",
    "wrong_language": "in another language than its section",
    "not_self_contained": "not understood without its section",
    "looping": "repeats itself",
    "copied_example": "copies an example of the prompt",
    "says_nothing": "says nothing",
    "not_grounded": "not backed by its section",
    "rejected": "rejected by you",
    "taken_out": "accepted, and taken out again",
    "over_count": "more than were asked for",
    "near_probe": "gives away a probe",
    "duplicate_pair": "nearly the same as another pair",
    "judge_disfavored": "the judge finds an empty answer as good",
    "below_threshold": "below the judge's threshold",
    "unjudged": "not judged",
    "not_verified": "the verifier does not stand by it",
    "over_max_pairs": "over the most pairs of a run",
    "no_prose": "no prose to ask about",
    "invalid_output": "a reply without a pair",
    "empty_pair": "an empty pair",
    "already_present": "in the document already",
    "shortfall": "fewer pairs than asked for",
    "request_failed": "the request failed",
    "deferred": "waits in a batch",
    "not_asked": "not asked",
}


def reason_in_words(reason: str) -> str:
    """Return what a reason is called; one that is not known stands for itself."""
    return _WORDS.get(reason, reason.replace("_", " "))

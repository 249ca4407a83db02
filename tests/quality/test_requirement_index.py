from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.requirement_index import RequirementIndex

TOKENS = st.frozensets(st.sampled_from("abcdefg"), max_size=5)
REQUIREMENTS = st.lists(
    st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=2, unique=True).map(tuple),
    min_size=1,
    max_size=5,
)
SETS = st.lists(st.tuples(TOKENS, REQUIREMENTS), max_size=12)


def index_of(*sets):
    index = RequirementIndex()
    for number, (tokens, requirements) in enumerate(sets):
        index.add(number, frozenset(tokens), index.rarest_first(requirements))
    return index


def has_all(tokens, requirements):
    return all(map(tokens.intersection, requirements))


@given(SETS, REQUIREMENTS)
def test_all_that_have_what_is_required_are_told(sets, requirements):
    index = index_of(*sets)
    found = set(index.having(index.rarest_first(requirements)))
    assert found >= {number for number, (has, _) in enumerate(sets) if has_all(has, requirements)}


@given(SETS, TOKENS)
def test_all_that_require_no_more_than_there_is_are_told(sets, tokens):
    found = set(index_of(*sets).requiring(tokens))
    assert found >= {
        number for number, (_, requires) in enumerate(sets) if has_all(tokens, requires)
    }


def test_of_what_is_required_the_rarest_is_looked_up():
    index = index_of(("ab", [("a",)]), ("a", [("a",)]), ("ac", [("a",)]))
    assert list(index.having(index.rarest_first([("a",), ("b",)]))) == [0]


def test_of_a_requirement_any_token_is_enough():
    index = index_of(("a", [("a",)]), ("b", [("b",)]), ("c", [("c",)]))
    assert set(index.having([("a", "c")])) == {0, 2}


def test_what_has_none_of_the_rarest_that_a_set_requires_is_not_told_of_it():
    index = index_of(("ab", [("b",), ("a",)]), ("acde", [("a",), ("c",), ("d",), ("e",)]))
    assert list(index.requiring(frozenset("abx"))) == [0]
    assert list(index.requiring(frozenset("acd"))) == []

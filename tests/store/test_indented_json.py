import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.store.indented_json import indented_json

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_it_is_what_the_standard_library_writes(value):
    assert indented_json(value) == json.dumps(value, indent=2, sort_keys=True)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("wrap", [lambda n: n, lambda n: [n], lambda n: {"a": n}])
def test_a_number_that_is_not_finite_is_refused(number, wrap):
    with pytest.raises(ValueError, match="not JSON compliant"):
        indented_json(wrap(number))

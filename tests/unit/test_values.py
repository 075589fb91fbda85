"""Values cross the wire unchanged."""

from hypothesis import given
from hypothesis import strategies as st

from provider.protocol.values import UNKNOWN, Properties, decode, encode, has_unknown, secret

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.just(UNKNOWN)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
PROPERTIES = st.dictionaries(st.text(), VALUES)


@given(PROPERTIES)
def test_values_and_secrets_are_decoded_to_the_same_and_an_unknown_is_found_however_deep_it_is(
    properties: Properties,
) -> None:
    assert decode(encode(properties)) == properties
    assert decode(encode({"all": secret(properties)})) == {"all": properties}
    assert has_unknown(properties) == (UNKNOWN in repr(properties))


def test_a_whole_number_is_an_integer_again_after_the_wire() -> None:
    assert [type(value) for value in decode(encode({"a": 3, "b": 2.5, "c": True})).values()] == [int, float, bool]


def test_what_is_not_known_is_not_wrapped_as_a_secret() -> None:
    assert secret(UNKNOWN) == UNKNOWN
    assert secret(None) is None

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.protocol.values import UNKNOWN, Properties
from tests.unit.workbench.stand_in_aws.shapes import INSTANCE
from workbench.stand_ins.aws.conversion import BadInput, properties, to_terraform
from workbench.stand_ins.aws.wire import pack, unpack

ABSENT: Properties = {
    "id": None,
    "name": None,
    "policy": None,
    "token": None,
    "tags": None,
    "addresses": None,
    "disk": [],
    "rule": [],
}
PULUMI = st.fixed_dictionaries(
    {"name": st.text()},
    optional={
        "tags": st.dictionaries(st.text(), st.text()),
        "addresses": st.lists(st.text()),
        "disk": st.fixed_dictionaries({"sizeGb": st.integers(0, 2**53), "encrypted": st.booleans()}),
        "rules": st.lists(st.fixed_dictionaries({"port": st.integers(0, 65535)}), min_size=1),
    },
)


@given(PULUMI)
def test_what_a_program_says_comes_back_as_it_was(said: Properties) -> None:
    converted = to_terraform(INSTANCE, said)
    assert isinstance(converted, dict)
    assert properties(INSTANCE, converted) == {"rules": [], **said}


@given(PULUMI)
def test_nothing_is_lost_on_the_wire(said: Properties) -> None:
    converted = to_terraform(INSTANCE, said)
    assert unpack(pack(converted)) == converted


def test_a_list_of_at_most_one_is_the_element_itself_in_pulumi() -> None:
    assert to_terraform(INSTANCE, {"disk": {"sizeGb": 20}}) == {**ABSENT, "disk": [{"size_gb": 20, "encrypted": None}]}


def test_what_is_not_known_yet_stays_so() -> None:
    said: Properties = {"name": UNKNOWN, "disk": UNKNOWN, "addresses": [UNKNOWN]}
    converted = to_terraform(INSTANCE, said)
    assert unpack(pack(converted)) == {**ABSENT, "name": UNKNOWN, "disk": UNKNOWN, "addresses": [UNKNOWN]}


def test_a_document_that_is_written_as_a_mapping_is_json_text() -> None:
    converted = to_terraform(INSTANCE, {"policy": {"Version": "2012-10-17"}})
    assert converted == {**ABSENT, "policy": '{"Version": "2012-10-17"}'}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"nme": "hidden"}, "nme"),
        ({"disk": {"size": "hidden"}}, "disk.size"),
        ({"disk": {"sizeGb": "hidden"}}, "disk.sizeGb"),
        ({"disk": "hidden"}, "disk"),
        ({"rules": [{"port": 1}, {"port": "hidden"}]}, "rules[1].port"),
        ({"tags": "hidden"}, "tags"),
        ({"addresses": "hidden"}, "addresses"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path_and_never_repeated(said: Properties, path: str) -> None:
    with pytest.raises(BadInput) as refused:
        to_terraform(INSTANCE, said)
    assert refused.value.path == path
    assert "hidden" not in str(refused.value)

from provider.protocol.values import UNKNOWN, Value
from tests.unit.workbench.stand_in_aws.shapes import INSTANCE
from workbench.stand_ins.aws.comparison import differences
from workbench.stand_ins.aws.conversion import nothing
from workbench.stand_ins.aws.proposal import proposed


def state(**values: Value) -> dict[str, Value]:
    return {**nothing(INSTANCE), **values}


def changed(old: Value, new: Value, config: Value = None) -> dict[str, tuple[Value, Value]]:
    return {each.property: (each.old, each.new) for each in differences(INSTANCE, old=old, new=new, config=config)}


def test_the_order_of_a_set_is_no_difference() -> None:
    assert changed(state(addresses=["a", "b"]), state(addresses=["b", "a"])) == {}


def test_a_difference_is_named_as_the_program_would_name_it() -> None:
    old = state(disk=[{"size_gb": 20, "encrypted": True}], tags={"team": "a", "a b": "x"})
    new = state(disk=[{"size_gb": 40, "encrypted": True}], tags={"team": "b", "a b": "y"})
    assert changed(old, new) == {"disk.sizeGb": (20, 40), "tags.team": ("a", "b"), 'tags["a b"]': ("x", "y")}


def test_a_block_that_comes_or_goes_is_one_difference() -> None:
    block = {"size_gb": 20, "encrypted": True}
    assert changed(state(), state(disk=[block])) == {"disk": (None, block)}
    assert changed(state(disk=[block]), state()) == {"disk": (block, None)}
    assert changed(state(), state(rule=[{"port": 1, "id": "r"}])) == {"rules": ([], [{"port": 1, "id": "r"}])}


def test_what_the_program_does_not_say_is_the_provider_s_own_doing() -> None:
    found = differences(INSTANCE, old=state(token="a"), new=state(token=UNKNOWN), config=state())
    assert [(each.property, each.computed) for each in found] == [("token", True)]


def test_a_proposal_keeps_what_was_computed_and_drops_what_is_no_longer_said() -> None:
    prior = state(id="i-1", name="old", policy="p", token="t", addresses=["a"])
    assert proposed(INSTANCE, prior, state(name="new")) == state(id="i-1", name="new", token="t", addresses=["a"])


def test_a_proposal_finds_the_former_element_of_a_set_by_what_the_program_says() -> None:
    prior = state(rule=[{"port": 1, "id": "r-1"}, {"port": 2, "id": "r-2"}])
    config = state(rule=[{"port": 2, "id": None}, {"port": 3, "id": None}])
    assert proposed(INSTANCE, prior, config) == state(rule=[{"port": 2, "id": "r-2"}, {"port": 3, "id": None}])


def test_a_proposal_finds_the_former_element_of_a_list_by_its_place() -> None:
    prior = state(disk=[{"size_gb": 20, "encrypted": True}])
    config = state(disk=[{"size_gb": 40, "encrypted": None}])
    assert proposed(INSTANCE, prior, config) == state(disk=[{"size_gb": 40, "encrypted": True}])


def test_a_proposal_for_something_new_is_what_the_program_says() -> None:
    config = state(name="new", rule=[{"port": 2, "id": None}])
    assert proposed(INSTANCE, None, config) == config

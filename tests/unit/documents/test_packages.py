"""What a node needs beyond a plain cloud image is one list, whoever installs it."""

from documents.packages import carried
from provider.local.machines import recipe


def test_machines_of_this_computer_have_exactly_what_a_store_carries() -> None:
    assert set(recipe.CARRIED) == set(carried())
    assert not set(recipe.BASE) & set(carried()), "what a plain image has is not carried"

import pytest

from tests.unit.addons.golden import rendered, stored

REMAKE = "read the difference; if it is meant, run `python -m tests.unit.addons.golden`"


def test_the_golden_folders_have_exactly_the_add_ons_that_are_on() -> None:
    assert sorted(stored()) == sorted(rendered()), REMAKE


@pytest.mark.parametrize("name", sorted(rendered()))
def test_every_manifest_is_as_reviewed(name: str) -> None:
    assert rendered()[name] == stored().get(name), REMAKE

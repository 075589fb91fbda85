import pytest

from tests.unit.documents.golden import rendered, stored

REMAKE = "read the difference; if it is meant, run `python -m tests.unit.documents.golden`"


def test_the_golden_folder_has_exactly_the_files_that_a_node_gets() -> None:
    assert sorted(stored()) == sorted(rendered()), REMAKE


@pytest.mark.parametrize("name", sorted(rendered()))
def test_every_text_of_the_local_preset_is_as_reviewed(name: str) -> None:
    assert rendered()[name] == stored().get(name), REMAKE

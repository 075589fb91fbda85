"""What a node needs beyond a plain cloud image is one list, whoever installs it."""

import documents
from documents.packages import carried
from documents.repositories import PLACE
from provider.local.machines import recipe
from tests.unit.documents.topologies import WHOLE_MACHINES, local


def test_machines_of_this_computer_have_exactly_what_a_store_carries() -> None:
    assert set(recipe.CARRIED) == set(carried())
    assert not set(recipe.BASE) & set(carried()), "what a plain image has is not carried"


def test_repositories_are_those_of_kubernetes_minor_version_with_their_keys_inside() -> None:
    repositories = [
        {"url": "https://example.com/kubernetes/v{minor}/deb", "key": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n"},
        {
            "url": "https://example.com/debian",
            "suite": "bookworm",
            "components": ["stable"],
            "key": "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        },
    ]
    artifacts = {"source": "packages", "store": None, "manifest": None, "repositories": repositories}
    plan = local(WHOLE_MACHINES, {"artifacts": artifacts})
    text = next(file.content for file in documents.files(plan, plan.nodes[0]) if file.path == PLACE)
    first, second = text.split("\n\n")
    assert "URIs: https://example.com/kubernetes/v1.36/deb\nSuites: /\nSigned-By:\n" in first
    assert first.splitlines()[-2:] == [" .", " abc"]
    assert "Suites: bookworm\nComponents: stable\n" in second

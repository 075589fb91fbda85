"""The real CLI judges foreign programs rightly. All of them: `python -m tests.policy.foreign.by_cli`."""

from collections.abc import Iterator

import pytest

from tests.policy.foreign.by_cli import BY_NAME, difference, judged, platform, previewed
from tests.policy.foreign.case import Case, Verdict
from tests.policy.foreign.cases import CASES
from tests.policy.previews import Done, NoCommand, Project

# A fault of machines with its good twin, one of objects, one that is corrected, other forms, and ordinary programs.
CHOSEN = (
    "heredoc-four-members-bad",
    "heredoc-four-members-good",
    "host-root-in-daemon-set-bad",
    "launch-configuration-open-metadata-bad",
    "libvirt",
    "etcd-in-pods",
    "postgres",
    "kubernetes-workloads",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project of the foreign programs; skips if there is no CLI or no language host."""
    try:
        with platform(tmp_path_factory.mktemp("foreign"), (BY_NAME[name].stack for name in CHOSEN)) as project:
            yield project
    except NoCommand as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", CHOSEN)
def test_the_preview_gives_the_same_verdict(made: Project, name: str) -> None:
    assert judged(BY_NAME[name], *previewed(made, BY_NAME[name])).wrong == ""


@pytest.mark.parametrize("verdict", Verdict)
def test_a_preview_that_fails_for_another_reason_is_not_a_verdict(verdict: Verdict) -> None:
    case: Case = next(case for case in CASES if case.verdict is verdict)
    assert difference(case, Done(status=255, output="error: the program failed"))

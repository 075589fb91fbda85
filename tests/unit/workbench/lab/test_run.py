import pytest

from workbench.lab.stack import Run

UPDATED = """ ~  quorate:hosts:Node cp1 updated (1s)
Outputs:
    endpoint: "x"

Resources:
    ~ 1 updated
    +-2 replaced
    142 unchanged

Duration: 6s
"""


def run(output: str, *, status: int = 0) -> Run:
    return Run(command="pulumi up", status=status, output=output, seconds=6.0)


def test_what_an_update_did_is_read_from_its_summary() -> None:
    assert run(UPDATED).resources == {"updated": 1, "replaced": 2, "unchanged": 142}
    assert run("\nResources:\n    145 unchanged\n\nDuration: 2s\n").resources == {"unchanged": 145}


def test_a_command_that_should_succeed_shows_the_end_of_its_output_when_it_fails() -> None:
    with pytest.raises(AssertionError, match=r"`pulumi up` ended with 255:\n(.|\n)*cp1: no space left"):
        run("\n".join([*map(str, range(100)), "cp1: no space left"]), status=255).good()


def test_a_command_that_should_fail_may_not_succeed() -> None:
    with pytest.raises(AssertionError, match="`pulumi up` succeeded"):
        run(UPDATED).refused()

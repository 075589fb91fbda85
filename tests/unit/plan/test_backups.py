import pytest

from tests.unit.plan.aws_site import refusal as aws_refusal
from tests.unit.plan.site import refusal, refusals


@pytest.mark.parametrize("hours", [0, 5, 7, 48])
def test_snapshots_are_taken_every_day_at_the_same_times(hours: int) -> None:
    assert refusal({"backups.everyHours": hours}).at == "backups.everyHours"


def test_at_least_two_snapshots_are_kept_because_an_error_is_noticed_late() -> None:
    assert refusal({"backups.keep": 1}).what == "from 2 to 10000"
    assert not refusals({"backups.keep": 2})


@pytest.mark.parametrize(
    "directory", ["", "/", "backups", "/srv/../srv", "/var/lib/etcd/backups", "/var/lib/quorate", "/etc/kubernetes"]
)
def test_snapshots_are_kept_apart_from_what_they_are_copies_of(directory: str) -> None:
    assert refusal({"backups.directory": directory}).at == "backups.directory"


def test_a_mount_of_storage_elsewhere_is_a_folder_like_any_other() -> None:
    assert not refusals({"backups.directory": "/mnt/vault/berlin"})


@pytest.mark.parametrize("word", ["", "copy\nfiles"])
def test_who_carries_snapshots_away_is_a_command_line(word: str) -> None:
    assert refusal({"backups.send": ["rclone", word]}).at == "backups.send[1]"


def test_on_aws_the_bucket_has_settings_of_its_own() -> None:
    assert aws_refusal({"backups": {"keep": 3}}).at == "backups"

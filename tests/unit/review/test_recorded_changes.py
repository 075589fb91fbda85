"""What the reviewer of each recorded change is told."""

import pytest

from operations.review.endpoints import ISSUERS, EndpointChange, refused_tokens
from operations.review.verdict import verdict
from tests.unit.review.golden import CHANGES, names, recorded, rendered, stored


def test_the_reviews_are_those_that_were_read_and_accepted() -> None:
    assert rendered() == stored()


def test_growing_from_3_to_5_keeps_a_quorum_at_every_moment() -> None:
    report = recorded("scale-3-to-5")
    ((members, course),) = report.clusters
    assert members.added == ("cp4", "cp5")
    assert (course.before.quorum, course.worst.quorum, course.after.quorum) == (2, 3, 3)
    assert course.worst.spare == 1
    assert not report.stopped


def test_shrinking_from_5_to_3_is_allowed_because_members_leave_before_they_stop() -> None:
    report = recorded("scale-5-to-3")
    ((members, course),) = report.clusters
    assert members.removed == ("cp4", "cp5")
    assert course.worst.spare >= 1
    assert not report.stopped


def test_another_lifetime_renews_every_leaf_and_replaces_no_member() -> None:
    report = recorded("certificate-lifetime")
    ((members, _),) = report.clusters
    assert members.replaced == ()
    assert {one.why for one in report.certificates} == {("lifetime 365 d → 182.5 d",)}
    assert len(report.certificates) == 39
    assert not [one for one in report.restarts if one.process == "etcd" and one.impact.name == "RESTART"]


def test_a_lost_name_is_named() -> None:
    losing = [one for one in recorded("remove-a-san").certificates if one.lost]
    assert [(one.name, one.lost) for one in losing] == [
        (f"cp{i}-apiserver", ("kubernetes.default.svc",)) for i in (1, 2, 3)
    ]


@pytest.mark.parametrize("name", names())
def test_a_recording_holds_no_key(name: str) -> None:
    text = (CHANGES / f"{name}.json").read_text()
    assert "PRIVATE KEY" not in text
    assert '"caPrivateKeyPem": "[secret]"' in text or "privateKeyPem" not in text


def test_another_endpoint_without_phases_says_that_pods_would_get_a_401_and_what_to_set() -> None:
    (point,) = (one for one in verdict(recorded("another-endpoint")).points if "issuer" in one)
    assert "`https://api.north.example.com:" in point
    assert "`https://kubernetes.north.example.com:" in point
    assert "controlPlane.serviceAccountIssuers" in point


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ("https://a", "https://a", False),
        ("https://a", "https://a, https://b", False),
        ("https://a, https://b", "https://b, https://a", False),
        ("https://b, https://a", "https://b", False),
        ("https://a", "https://b", True),
        ("https://a", "https://b, https://a", True),
        ("https://a, https://b", "https://b", True),
    ],
)
def test_the_phases_of_an_issuers_rotation_are_told_from_a_change_that_refuses_tokens(
    before: str, after: str, *, refused: bool
) -> None:
    change = EndpointChange(where="cluster x", what=ISSUERS, before=before, after=after)
    assert refused_tokens(change) is refused

"""What is told of APIs that go."""

from operations.versions import removed

METRICS = """# TYPE apiserver_requested_deprecated_apis gauge
apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1
apiserver_requested_deprecated_apis{group="flow.x",removed_release="1.36",resource="a",subresource="",version="v1b"} 1
apiserver_requested_deprecated_apis{group="old.x",removed_release="1.40",resource="b",subresource="",version="v2"} 1
"""


def test_an_api_counts_that_the_wanted_version_no_longer_serves_and_no_other() -> None:
    assert list(removed(METRICS, (1, 35))) == []
    assert list(removed(METRICS, (1, 36))) == ["flow.x/v1b/a"]
    assert list(removed(METRICS, (1, 40))) == ["flow.x/v1b/a", "old.x/v2/b"]

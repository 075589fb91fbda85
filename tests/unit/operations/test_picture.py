"""The picture of an environment."""

from xml.etree import ElementTree as ET

import pytest

from operations.picture import picture
from plan import Plan, make
from plan.loading.configuration import read
from plan.loading.presets import merged
from workbench.mocks.aws import DEV, PROD

SVG = "{http://www.w3.org/2000/svg}"
LOCAL = make(read({"preset": "local"}))


def texts(plan: Plan) -> list[str]:
    root = ET.fromstring(picture(plan))  # noqa: S314 -- our own text
    return [str(found.text) for found in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("settings", [{"preset": "local"}, DEV, PROD])
def test_it_names_every_machine_zone_and_endpoint(settings: dict[str, object]) -> None:
    plan = make(read(settings))
    whole = " ".join(texts(plan))
    for node in plan.nodes:
        assert f"{node.name}   {node.address}" in texts(plan)
        assert node.failure_domain in texts(plan)
    assert f"https://{plan.endpoint.name}:{plan.endpoint.port}" in whole


def test_it_says_what_may_be_lost_and_when_certificates_end() -> None:
    found = texts(LOCAL)
    assert "3 etcd members: 2 decide, 1 may be lost" in found
    assert any("end 3650 days after their creation" in text for text in found)
    assert sum("leaves of cp1: end" in text for text in found) == 1


def test_every_text_and_box_is_inside_the_picture() -> None:
    root = ET.fromstring(picture(make(read(merged(PROD, {"members": 7})))))  # noqa: S314 -- our own text
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for box in root.iter(f"{SVG}rect"):
        place = {name: float(box.attrib.get(name, 0)) for name in ("x", "y", "width", "height")}
        assert place["x"] + place["width"] <= width
        assert place["y"] + place["height"] <= height
    assert all(float(text.attrib["y"]) < height for text in root.iter(f"{SVG}text"))


def test_workers_are_drawn_without_a_member() -> None:
    workers = [{"name": "w1", "address": "10.88.0.21", "failureDomain": "machine-4"}]
    found = texts(make(read({"preset": "local", "workers": workers})))
    assert "worker: kubelet" in found
    assert "w1   10.88.0.21" in found


def test_equal_settings_give_equal_pictures() -> None:
    assert picture(LOCAL) == picture(make(read({"preset": "local"})))

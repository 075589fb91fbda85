from dataclasses import replace

import pytest

from provider.protocol.values import Properties, Value, decode, encode
from tests.unit.workbench.stand_in_aws.shapes import INSTANCE, TYPE
from workbench.stand_ins.aws.conversion import nothing
from workbench.stand_ins.aws.generations import understood
from workbench.stand_ins.aws.records import ForeignState, Record, from_pulumi, to_pulumi
from workbench.stand_ins.aws.refreshed import inputs


def state(**values: Value) -> Properties:
    return {**nothing(INSTANCE), **values}


def kept(record: Record) -> Properties:
    """As the engine keeps it between two updates."""
    return decode(encode(to_pulumi(TYPE, record, region="eu-west-1")))


def test_a_record_survives_the_engine_s_state() -> None:
    record = Record(
        value=state(id="i-1", name="cp1", token="t", disk=[{"size_gb": 20, "encrypted": True}]), private=b"\0x"
    )
    found = from_pulumi(TYPE, kept(record))
    assert (found.value, found.private) == (record.value, record.private)
    assert found.version == TYPE.version


@pytest.mark.parametrize(
    "meta", [{}, {"__meta": '{"schema_version": "1"}'}, {"__meta": '{"e2bfb730": {"create": 600}}'}]
)
def test_a_state_of_the_official_plugin_is_refused_with_what_to_do(meta: Properties) -> None:
    with pytest.raises(ForeignState, match=r"official aws plugin.*--download"):
        from_pulumi(TYPE, {"id": "i-1", "name": "cp1", **meta})


def test_what_the_provider_calls_sensitive_is_secret_in_the_state() -> None:
    wire = encode(to_pulumi(TYPE, Record(value=state(token="t", name="cp1")), region=None))
    assert wire.fields["token"].WhichOneof("kind") == "struct_value"
    assert wire.fields["name"].string_value == "cp1"


def test_the_region_of_newer_providers_is_there_and_no_change() -> None:
    assert kept(Record(value=state(name="cp1")))["region"] == "eu-west-1"
    assert understood(TYPE, {"name": "cp1", "region": "eu-west-1"}, "eu-west-1") == {"name": "cp1"}
    assert understood(TYPE, {"name": "cp1", "region": "eu-west-2"}, "eu-west-1")["region"] == "eu-west-2"


def test_the_first_interface_is_named_in_the_way_of_an_older_provider() -> None:
    said = understood(TYPE, {"primaryNetworkInterface": {"networkInterfaceId": "eni-1"}}, None)
    assert said == {"networkInterfaces": [{"deviceIndex": 0, "networkInterfaceId": "eni-1"}]}


def test_the_end_of_a_protected_instance_is_not_asked_of_an_older_provider() -> None:
    said = understood(TYPE, {"disableApiTermination": True, "forceDestroy": True}, None)
    assert said == {"disableApiTermination": True}
    bucket = replace(TYPE, name="aws_s3_bucket")
    assert understood(bucket, {"forceDestroy": True}, None) == {"forceDestroy": True}


def test_after_a_refresh_the_inputs_are_what_was_said_with_what_has_drifted() -> None:
    old: Properties = {"name": "cp1", "tags": {"team": "a"}}
    before, now = state(name="cp1", tags={"team": "a"}, token="t"), state(name="cp1", tags={"team": "b"}, token="u")
    assert inputs(TYPE, old, before=before, now=now) == {"name": "cp1", "tags": {"team": "b"}}


def test_an_import_has_for_inputs_what_can_be_set() -> None:
    now = state(id="i-1", name="cp1", token="t", tags={}, disk=[{"size_gb": 20, "encrypted": True}])
    assert inputs(TYPE, {}, before=state(id="i-1"), now=now) == {
        "name": "cp1",
        "disk": {"sizeGb": 20, "encrypted": True},
    }

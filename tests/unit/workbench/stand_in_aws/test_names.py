import pytest

from workbench.stand_ins.aws.autonames import DEFAULTS, Naming, name, taken
from workbench.stand_ins.aws.conversion import BadInput
from workbench.stand_ins.aws.naming import property_name, terraform_type

KNOWN = {
    "aws_instance",
    "aws_lb",
    "aws_vpc_security_group_ingress_rule",
    "aws_s3_bucket",
    "aws_s3_object",
    "aws_ec2_instance_connect_endpoint",
}


def naming(**changed: object) -> Naming:
    given = {"logical": "api", "urn": "urn:pulumi:dev::quorate::aws:lb/loadBalancer:LoadBalancer::api", "seed": b"1"}
    return Naming(**{**given, "old": {}, **changed})  # type: ignore[arg-type]  # what each test is about


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("aws:ec2/instance:Instance", "aws_instance"),
        ("aws:lb/loadBalancer:LoadBalancer", "aws_lb"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws_vpc_security_group_ingress_rule"),
        ("aws:s3/bucket:Bucket", "aws_s3_bucket"),
        ("aws:s3/bucketObjectv2:BucketObjectv2", "aws_s3_object"),
        (
            "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
            "aws_ec2_instance_connect_endpoint",
        ),
    ],
)
def test_a_token_leads_to_its_terraform_type(token: str, kind: str) -> None:
    assert terraform_type(token, KNOWN) == kind


def test_a_token_without_a_terraform_type_is_refused_by_name() -> None:
    with pytest.raises(LookupError, match="aws:new/thing:Thing"):
        terraform_type("aws:new/thing:Thing", KNOWN)


@pytest.mark.parametrize(
    ("attribute", "known", "found"),
    [
        ("cidr_block", "cidrBlock", "cidrBlock"),
        ("subnet_mapping", "subnetMappings", "subnetMappings"),
        ("alias", "aliases", "aliases"),
        ("policy", "policies", "policies"),
        ("unheard_of", "cidrBlock", None),
    ],
)
def test_a_property_has_the_sdk_s_name(attribute: str, known: str, found: str | None) -> None:
    assert property_name("aws_any", attribute, {known: str}) == found


def test_a_name_that_is_given_is_kept() -> None:
    assert name("aws_lb", {"name": "given"}, naming()) == {}
    assert name("aws_lb", {"namePrefix": "given"}, naming()) == {}


def test_an_invented_name_is_the_same_for_the_same_seed_and_stays_afterwards() -> None:
    made = name("aws_lb", {}, naming())
    assert made == name("aws_lb", {}, naming())
    assert made != name("aws_lb", {}, naming(seed=b"2"))
    assert str(made["name"]).startswith("api-")
    assert name("aws_lb", {}, naming(seed=b"2", old=made)) == made


def test_an_invented_name_that_aws_would_refuse_is_refused_at_once() -> None:
    name("aws_lb", {}, naming(logical="a" * 24))
    with pytest.raises(BadInput, match="longer than 32"):
        name("aws_lb", {}, naming(logical="a" * 25))


def test_bucket_names_are_in_lower_case() -> None:
    assert str(name("aws_s3_bucket", {}, naming(logical="Files"))["bucket"]).startswith("files-")


def test_the_project_s_own_rule_for_names_wins() -> None:
    assert name("aws_lb", {}, naming(proposed="dev-api")) == {"name": "dev-api", DEFAULTS: ["name"]}
    assert name("aws_lb", {}, naming(proposed="")) == {}


def test_a_fixed_name_is_taken_and_an_invented_one_is_not() -> None:
    assert taken("aws_lb", {"name": "fixed"}) == "name"
    assert taken("aws_lb", name("aws_lb", {}, naming())) is None
    assert taken("aws_instance", {}) is None

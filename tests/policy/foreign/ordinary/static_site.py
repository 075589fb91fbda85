"""A site in a public bucket behind CloudFront, with a certificate proved by DNS."""

import json

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Alone

NAMES = ["www.acme.example", "acme.example", "api.acme.example"]


def program() -> None:
    """Bucket, certificate, distribution and records."""
    bucket = aws.s3.Bucket("site", bucket=NAMES[0])
    aws.s3.BucketWebsiteConfiguration(
        "site", bucket=bucket.id, index_document=aws.s3.BucketWebsiteConfigurationIndexDocumentArgs(suffix="index.html")
    )
    aws.s3.BucketPublicAccessBlock("site", bucket=bucket.id, block_public_acls=False, block_public_policy=False)
    read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{NAMES[0]}/*"}
    aws.s3.BucketPolicy("site", bucket=bucket.id, policy=json.dumps({"Version": "2012-10-17", "Statement": [read]}))
    america = aws.Provider("america", region="us-east-1")
    certificate = aws.acm.Certificate(
        "site",
        domain_name=NAMES[0],
        subject_alternative_names=NAMES[1:],
        validation_method="DNS",
        opts=pulumi.ResourceOptions(provider=america),
    )
    zone = aws.route53.get_zone(name="acme.example")
    for n in range(len(NAMES)):
        option = certificate.domain_validation_options[n]
        aws.route53.Record(
            f"proof-{n}",
            zone_id=zone.zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            records=[option.resource_record_value],
            ttl=300,
        )
    behavior = aws.cloudfront.DistributionDefaultCacheBehaviorArgs(
        target_origin_id="site",
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=["GET", "HEAD"],
        cached_methods=["GET", "HEAD"],
        cache_policy_id="658327ea-f89d-4fab-a63d-7e88639e58f6",
    )
    front = aws.cloudfront.Distribution(
        "site",
        enabled=True,
        aliases=NAMES,
        default_cache_behavior=behavior,
        origins=[
            aws.cloudfront.DistributionOriginArgs(origin_id="site", domain_name=bucket.bucket_regional_domain_name)
        ],
        restrictions=aws.cloudfront.DistributionRestrictionsArgs(
            geo_restriction=aws.cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
        ),
        viewer_certificate=aws.cloudfront.DistributionViewerCertificateArgs(
            acm_certificate_arn=certificate.arn, ssl_support_method="sni-only"
        ),
    )
    for name in NAMES:
        target = aws.route53.RecordAliasArgs(
            name=front.domain_name, zone_id=front.hosted_zone_id, evaluate_target_health=False
        )
        aws.route53.Record(name, zone_id=zone.zone_id, name=name, type="A", aliases=[target])


ALONE = Alone(name="static-site", program=program, idea="a public bucket and records named api that lead to CloudFront")

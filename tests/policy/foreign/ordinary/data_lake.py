"""Buckets, a stream and jobs on data."""

import json

import pulumi_aws as aws

from tests.policy.foreign.case import Alone

ZONES = ("landing", "backups", "snapshots-master", "curated")


def program() -> None:
    """Four buckets without much protection, two of them named after backups."""
    key = aws.kms.Key("lake", description="data lake")
    buckets = {name: aws.s3.Bucket(name, bucket=f"acme-lake-{name}", force_destroy=True) for name in ZONES}
    aws.s3.BucketVersioning(
        "backups",
        bucket=buckets["backups"].id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Suspended"),
    )
    trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role("glue", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    everything = {"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}
    aws.iam.RolePolicy("glue", role=role.name, policy=json.dumps({"Version": "2012-10-17", "Statement": [everything]}))
    database = aws.glue.CatalogDatabase("lake", name="lake")
    aws.glue.Crawler(
        "landing",
        database_name=database.name,
        role=role.arn,
        schedule="cron(0 3 * * ? *)",
        s3_targets=[aws.glue.CrawlerS3TargetArgs(path=buckets["landing"].bucket.apply(lambda name: f"s3://{name}/"))],
    )
    aws.athena.Workgroup(
        "analysts",
        configuration=aws.athena.WorkgroupConfigurationArgs(
            result_configuration=aws.athena.WorkgroupConfigurationResultConfigurationArgs(
                output_location=buckets["curated"].bucket.apply(lambda name: f"s3://{name}/results/")
            )
        ),
    )
    aws.kinesis.FirehoseDeliveryStream(
        "clicks",
        destination="extended_s3",
        extended_s3_configuration=aws.kinesis.FirehoseDeliveryStreamExtendedS3ConfigurationArgs(
            role_arn=role.arn, bucket_arn=buckets["landing"].arn, kms_key_arn=key.arn, buffering_size=64
        ),
    )


ALONE = Alone(name="data-lake", program=program, idea="buckets named backups and snapshots that hold clicks")

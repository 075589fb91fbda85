"""Batch jobs on spot machines, with a fleet of workers that read a queue."""

import json

import pulumi_aws as aws

from tests.policy.foreign.case import Alone


def program() -> None:
    """One environment, one job, one fleet."""
    subnets = aws.ec2.get_subnets(filters=[{"name": "tag:tier", "values": ["batch"]}]).ids
    trust = {"Effect": "Allow", "Principal": {"Service": "spotfleet.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role("fleet", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    environment = aws.batch.ComputeEnvironment(
        "spot",
        type="MANAGED",
        compute_resources=aws.batch.ComputeEnvironmentComputeResourcesArgs(
            type="SPOT",
            max_vcpus=256,
            min_vcpus=0,
            instance_types=["optimal"],
            subnets=subnets,
            security_group_ids=["sg-0b1c2d3e4f5a69788"],
            instance_role="arn:aws:iam::210987654321:instance-profile/ecsInstanceRole",
        ),
    )
    aws.batch.JobQueue(
        "render",
        state="ENABLED",
        priority=1,
        compute_environment_orders=[
            aws.batch.JobQueueComputeEnvironmentOrderArgs(compute_environment=environment.arn, order=1)
        ],
    )
    container = {
        "image": "acme/render:latest",
        "command": ["render", "--queue", "frames", "--scratch", "/data"],
        "resourceRequirements": [{"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "8192"}],
    }
    aws.batch.JobDefinition("render", type="container", container_properties=json.dumps(container))
    aws.ec2.SpotFleetRequest(
        "workers",
        iam_fleet_role=role.arn,
        target_capacity=12,
        launch_specifications=[
            aws.ec2.SpotFleetRequestLaunchSpecificationArgs(
                ami="ami-0f00ba4e57a71e000",
                instance_type=kind,
                subnet_id=subnets[0],
                user_data="#!/bin/bash\ndocker run --restart=always --net=host acme/worker:latest\n",
                root_block_devices=[aws.ec2.SpotFleetRequestLaunchSpecificationRootBlockDeviceArgs(volume_size=100)],
            )
            for kind in ("c6i.4xlarge", "c6a.4xlarge")
        ],
    )


ALONE = Alone(name="batch", program=program, idea="spot machines and jobs with images that are latest")

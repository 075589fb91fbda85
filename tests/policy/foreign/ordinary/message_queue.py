"""Kafka with ZooKeeper on four machines of one zone, and a managed RabbitMQ."""

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Alone

BROKERS = [f"10.70.0.{11 + n}" for n in range(4)]


def script(number: int) -> str:
    """User data of one broker: members of a quorum, but not etcd's."""
    ensemble = "".join(f"server.{n + 1}={address}:2888:3888\n" for n, address in enumerate(BROKERS))
    quorum = ",".join(f"{n}@{address}:9093" for n, address in enumerate(BROKERS))
    return f"""#!/bin/bash
apt-get install -y default-jre-headless
cat > /opt/zookeeper/conf/zoo.cfg <<EOF
dataDir=/var/lib/zookeeper
clientPort=2181
{ensemble}EOF
echo {number} > /var/lib/zookeeper/myid
cat > /opt/kafka/config/server.properties <<EOF
node.id={number}
process.roles=broker,controller
controller.quorum.voters={quorum}
listeners=PLAINTEXT://{BROKERS[number]}:9092,CONTROLLER://{BROKERS[number]}:9093
advertised.listeners=PLAINTEXT://{BROKERS[number]}:9092
EOF
systemctl enable --now zookeeper kafka
"""


def program() -> None:
    """A balancer without a health check of its own in front of the brokers."""
    vpc = aws.ec2.Vpc("queue", cidr_block="10.70.0.0/16")
    subnet = aws.ec2.Subnet("queue", vpc_id=vpc.id, cidr_block="10.70.0.0/24", availability_zone="eu-west-1a")
    front = aws.lb.LoadBalancer("queue", load_balancer_type="network", internal=False, subnets=[subnet.id])
    group = aws.lb.TargetGroup("queue", vpc_id=vpc.id, port=9092, protocol="TCP")
    aws.lb.Listener(
        "queue",
        load_balancer_arn=front.arn,
        port=9092,
        protocol="TCP",
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)],
    )
    for n, address in enumerate(BROKERS):
        broker = aws.ec2.Instance(
            f"broker-{n}",
            ami="ami-0f00ba4e57a71e000",
            instance_type="r6i.large",
            subnet_id=subnet.id,
            private_ip=address,
            user_data=script(n),
            ebs_block_devices=[aws.ec2.InstanceEbsBlockDeviceArgs(device_name="/dev/sdf", volume_size=500)],
        )
        aws.lb.TargetGroupAttachment(f"broker-{n}", target_group_arn=group.arn, target_id=broker.id)
    aws.mq.Broker(
        "events",
        broker_name="events",
        engine_type="RabbitMQ",
        engine_version="3.13",
        host_instance_type="mq.m5.large",
        publicly_accessible=True,
        users=[aws.mq.BrokerUserArgs(username="app", password=pulumi.Config().require_secret("sshKey"))],
    )


ALONE = Alone(name="message-queue", program=program, idea="four members of another quorum in one zone, without TLS")

"""Lists what Springtide left in an AWS account, with a client that is not ours (boto3).

Usage: oracle.py --endpoint URL --region REGION [--installation NAME]
Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Prints one JSON object:
machines (not terminated), terminated, disks, interfaces, duplicatedTokens.
"""

import argparse
import json
from collections import Counter

import boto3

PREFIX = "springtide:"


def tags_of(resource, key="Tags"):
    return {tag["Key"]: tag["Value"] for tag in resource.get(key, [])}


def ours(tags, installation):
    if not any(key.startswith(PREFIX) for key in tags):
        return False
    return installation is None or tags.get(PREFIX + "installation") == installation


def read_machines(ec2, installation):
    for page in ec2.get_paginator("describe_instances").paginate():
        for reservation in page["Reservations"]:
            for instance in reservation["Instances"]:
                tags = tags_of(instance)
                if ours(tags, installation):
                    yield {
                        "id": instance["InstanceId"],
                        "reservation": reservation["ReservationId"],
                        "state": instance["State"]["Name"],
                        "type": instance["InstanceType"],
                        "zone": instance["Placement"]["AvailabilityZone"],
                        "privateIp": instance.get("PrivateIpAddress"),
                        "launchedAt": instance["LaunchTime"].isoformat(),
                        "tags": tags,
                    }


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--endpoint", required=True)
    options.add_argument("--region", required=True)
    options.add_argument("--installation")
    args = options.parse_args()
    ec2 = boto3.client("ec2", region_name=args.region, endpoint_url=args.endpoint)
    machines = list(read_machines(ec2, args.installation))
    disks = [
        {"id": v["VolumeId"], "state": v["State"], "tags": tags_of(v)}
        for page in ec2.get_paginator("describe_volumes").paginate()
        for v in page["Volumes"]
        if ours(tags_of(v), args.installation)
    ]
    interfaces = [
        {"id": n["NetworkInterfaceId"], "state": n["Status"], "tags": tags_of(n, "TagSet")}
        for page in ec2.get_paginator("describe_network_interfaces").paginate()
        for n in page["NetworkInterfaces"]
        if ours(tags_of(n, "TagSet"), args.installation)
    ]
    # One token is one create call and so one reservation: a second one means that the call was done twice.
    reservations = {(m["tags"].get(PREFIX + "token"), m["reservation"]) for m in machines}
    twice = Counter(token for token, _ in reservations if token)
    print(
        json.dumps(
            {
                "machines": [m for m in machines if m["state"] != "terminated"],
                "terminated": [m for m in machines if m["state"] == "terminated"],
                "disks": disks,
                "interfaces": interfaces,
                "duplicatedTokens": [token for token, count in twice.items() if count > 1],
            }
        )
    )


main()

"""Lists what an Alibaba Cloud account holds, with the vendor's own Python SDK (current signature).

Usage: oracle.py --endpoint URL --region REGION [--installation NAME] [--all]
Credentials come from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET. Prints one JSON object:
machines, disks, interfaces and addresses of Springtide (everybody's with --all), and how many machines carry each
launch token.
"""

import argparse
import json
import os
from collections import Counter

from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428 import models as vpc_models
from alibabacloud_vpc20160428.client import Client as Vpc

PREFIX = "springtide:"


def ecs_tags(resource):
    entries = resource.tags.tag if resource.tags and resource.tags.tag else []
    return {tag.tag_key: tag.tag_value for tag in entries}


def vpc_tags(resource):
    entries = resource.tags.tag if resource.tags and resource.tags.tag else []
    return {tag.key: tag.value for tag in entries}


def pages(ask, items):
    token = None
    while True:
        body = ask(token).body
        yield from items(body)
        token = body.next_token
        if not token:
            return


def machines(ecs, region):
    def ask(token):
        request = ecs_models.DescribeInstancesRequest(region_id=region, max_results=100, next_token=token)
        return ecs.describe_instances(request)

    for machine in pages(ask, lambda body: body.instances.instance or []):
        yield {
            "id": machine.instance_id,
            "name": machine.instance_name,
            "state": machine.status,
            "type": machine.instance_type,
            "zone": machine.zone_id,
            "privateIp": machine.vpc_attributes.private_ip_address.ip_address[0],
            "spot": machine.spot_strategy != "NoSpot",
            "createdAt": machine.creation_time,
            "autoReleaseAt": machine.auto_release_time or None,
            "tags": ecs_tags(machine),
        }


def disks(ecs, region):
    def ask(token):
        return ecs.describe_disks(
            ecs_models.DescribeDisksRequest(region_id=region, max_results=500, next_token=token)
        )

    for disk in pages(ask, lambda body: body.disks.disk or []):
        yield {"id": disk.disk_id, "state": disk.status, "machine": disk.instance_id, "tags": ecs_tags(disk)}


def interfaces(ecs, region):
    def ask(token):
        request = ecs_models.DescribeNetworkInterfacesRequest(
            region_id=region, max_results=500, next_token=token
        )
        return ecs.describe_network_interfaces(request)

    for each in pages(ask, lambda body: body.network_interface_sets.network_interface_set or []):
        tags = ecs_tags(each)
        yield {"id": each.network_interface_id, "state": each.status, "machine": each.instance_id, "tags": tags}


def addresses(vpc, region):
    number = 1
    while True:
        request = vpc_models.DescribeEipAddressesRequest(region_id=region, page_size=100, page_number=number)
        body = vpc.describe_eip_addresses(request).body
        found = body.eip_addresses.eip_address or []
        for each in found:
            tags = vpc_tags(each)
            yield {"id": each.allocation_id, "state": each.status, "machine": each.instance_id, "tags": tags}
        if number * 100 >= body.total_count or not found:
            return
        number += 1


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--endpoint", required=True)
    options.add_argument("--region", required=True)
    options.add_argument("--installation")
    options.add_argument("--all", action="store_true")
    args = options.parse_args()
    protocol, host = args.endpoint.split("://")
    config = Config(
        access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        endpoint=host,
        protocol=protocol,
        region_id=args.region,
    )
    ecs, vpc = Ecs(config), Vpc(config)

    def ours(resource):
        tags = resource["tags"]
        if args.all:
            return True
        if not any(key.startswith(PREFIX) for key in tags):
            return False
        return args.installation is None or tags.get(PREFIX + "installation") == args.installation

    found = [machine for machine in machines(ecs, args.region) if ours(machine)]
    carried = Counter(m["tags"].get(PREFIX + "token") for m in found)
    print(
        json.dumps(
            {
                "machines": found,
                "disks": [disk for disk in disks(ecs, args.region) if ours(disk)],
                "interfaces": [each for each in interfaces(ecs, args.region) if ours(each)],
                "addresses": [each for each in addresses(vpc, args.region) if ours(each)],
                "machinesPerToken": {token: count for token, count in carried.items() if token},
            }
        )
    )


main()

"""Lists what Springtide left in a Tencent Cloud account, with the vendor's own SDK.

Usage: oracle.py --endpoint URL --region REGION [--installation NAME]
Credentials come from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY. Prints one JSON object:
machines, disks, addresses, interfaces, duplicatedTokens.
"""

import argparse
import json
import os
from collections import Counter
from urllib.parse import urlparse

from tencentcloud.cbs.v20170312 import cbs_client
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import cvm_client
from tencentcloud.vpc.v20170312 import vpc_client

PREFIX = "springtide:"
PAGE = 100


def tags_of(resource, name="Tags"):
    return {tag["Key"]: tag["Value"] for tag in resource.get(name) or []}


def ours(tags, installation):
    if not any(key.startswith(PREFIX) for key in tags):
        return False
    return installation is None or tags.get(PREFIX + "installation") == installation


def listed(client, action, answer):
    """Every item of a listing, each once: pages shift while machines come and go."""
    seen, offset = {}, 0
    while True:
        response = json.loads(client.call(action, {"Offset": offset, "Limit": PAGE}))["Response"]
        page = response[answer[0]]
        seen.update({item[answer[1]]: item for item in page})
        offset += len(page)
        if not page or offset >= response["TotalCount"]:
            return list(seen.values())


def machine_of(instance):
    return {
        "id": instance["InstanceId"],
        "request": instance["LatestOperationRequestId"] if instance["LatestOperation"] == "RunInstances" else None,
        "state": instance["InstanceState"],
        "type": instance["InstanceType"],
        "zone": instance["Placement"]["Zone"],
        "privateIp": (instance["PrivateIpAddresses"] or [None])[0],
        "launchedAt": instance["CreatedTime"],
        "tags": tags_of(instance),
    }


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--endpoint", required=True)
    options.add_argument("--region", required=True)
    options.add_argument("--installation")
    args = options.parse_args()
    url = urlparse(args.endpoint)
    secret = credential.Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
    profile = ClientProfile(httpProfile=HttpProfile(protocol=url.scheme, endpoint=url.netloc))
    cvm = cvm_client.CvmClient(secret, args.region, profile)
    cbs = cbs_client.CbsClient(secret, args.region, profile)
    vpc = vpc_client.VpcClient(secret, args.region, profile)

    def kept(items, key, state, tag_name):
        return [
            {"id": item[key], "state": item[state], "tags": tags_of(item, tag_name)}
            for item in items
            if ours(tags_of(item, tag_name), args.installation)
        ]

    instances = listed(cvm, "DescribeInstances", ("InstanceSet", "InstanceId"))
    machines = [machine_of(i) for i in instances if ours(tags_of(i), args.installation)]
    # One token is one create call: machines of one token from two calls mean that the call was done twice.
    calls = {(m["tags"].get(PREFIX + "token"), m["request"]) for m in machines if m["request"]}
    twice = Counter(token for token, _ in calls if token)
    disks = listed(cbs, "DescribeDisks", ("DiskSet", "DiskId"))
    addresses = listed(vpc, "DescribeAddresses", ("AddressSet", "AddressId"))
    interfaces = listed(vpc, "DescribeNetworkInterfaces", ("NetworkInterfaceSet", "NetworkInterfaceId"))
    print(
        json.dumps(
            {
                "machines": machines,
                "disks": kept(disks, "DiskId", "DiskState", "Tags"),
                "addresses": kept(addresses, "AddressId", "AddressStatus", "TagSet"),
                "interfaces": kept(interfaces, "NetworkInterfaceId", "State", "TagSet"),
                "duplicatedTokens": [token for token, count in twice.items() if count > 1],
            }
        )
    )


main()

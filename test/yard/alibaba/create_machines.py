"""Buys machines with the vendor's own Python SDKs, as somebody else in the account would.

Usage: create_machines.py acs3|rpc ENDPOINT REGION ZONE VSWITCH GROUP IMAGE TYPE AMOUNT
acs3: alibabacloud-ecs20140526; rpc: aliyun-python-sdk-ecs, which signs the older way. Credentials come from
ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET. Prints the ids as a JSON list.
"""

import json
import os
import sys

KEY = os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"]
SECRET = os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]


def by_acs3(endpoint, region, zone, vswitch, group, image, type_, amount):
    from alibabacloud_ecs20140526 import models
    from alibabacloud_ecs20140526.client import Client
    from alibabacloud_tea_openapi.models import Config

    protocol, host = endpoint.split("://")
    config = Config(
        access_key_id=KEY, access_key_secret=SECRET, endpoint=host, protocol=protocol, region_id=region
    )
    request = models.RunInstancesRequest(
        region_id=region,
        zone_id=zone,
        v_switch_id=vswitch,
        security_group_id=group,
        image_id=image,
        instance_type=type_,
        instance_name="theirs",
        amount=amount,
        tag=[models.RunInstancesRequestTag(key="owner", value="店铺 team")],
    )
    return Client(config).run_instances(request).body.instance_id_sets.instance_id_set


def by_rpc(endpoint, region, zone, vswitch, group, image, type_, amount):
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkecs.request.v20140526.RunInstancesRequest import RunInstancesRequest

    protocol, host = endpoint.split("://")
    name, port = host.split(":")
    client = AcsClient(KEY, SECRET, region, port=int(port))
    request = RunInstancesRequest()
    request.set_endpoint(name)
    request.set_protocol_type(protocol)
    request.set_accept_format("json")
    request.set_ZoneId(zone)
    request.set_VSwitchId(vswitch)
    request.set_SecurityGroupId(group)
    request.set_ImageId(image)
    request.set_InstanceType(type_)
    request.set_InstanceName("theirs")
    request.set_Amount(amount)
    request.set_Tags([{"Key": "owner", "Value": "店铺 team"}])
    answer = json.loads(client.do_action_with_exception(request))
    return answer["InstanceIdSets"]["InstanceIdSet"]


by = {"acs3": by_acs3, "rpc": by_rpc}[sys.argv[1]]
print(json.dumps(by(*sys.argv[2:9], int(sys.argv[9]))))

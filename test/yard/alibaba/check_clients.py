"""Drives the simulator with clients that nobody here wrote and prints what they saw, as JSON.

Usage: check_clients.py acs3|rpc|libcloud ENDPOINT REGION VSWITCH GROUP IMAGE
acs3: alibabacloud-ecs20140526; rpc: aliyun-python-sdk-ecs, which signs the older way; libcloud: Apache Libcloud's
driver, which signs the older way and reads XML. Credentials from ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET.
"""

import json
import os
import sys
import time

KEY = os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"]
SECRET = os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
TYPE = "ecs.c7.large"
# Everything that an encoding could get wrong.
TAG = ("who", "prüfer +*~ (&=%) '店'")


class Refused(Exception):
    def __init__(self, code, status):
        super().__init__(code)
        self.code, self.status = code, status


class Acs3:
    def __init__(self, endpoint, region, secret=SECRET):
        from alibabacloud_ecs20140526.client import Client
        from alibabacloud_tea_openapi.models import Config

        host = endpoint.split("://")[1]
        self.region = region
        self.client = Client(
            Config(access_key_id=KEY, access_key_secret=secret, endpoint=host, protocol="http", region_id=region)
        )

    def call(self, method, request, **parameters):
        from alibabacloud_ecs20140526 import models

        try:
            made = getattr(models, request)(region_id=self.region, **parameters)
            return getattr(self.client, method)(made).body.to_map()
        except Exception as refusal:
            if not hasattr(refusal, "code"):
                raise
            raise Refused(refusal.code, getattr(refusal, "status_code", None)) from refusal

    def launch(self, place, amount, token, type_=TYPE):
        from alibabacloud_ecs20140526 import models

        return self.call(
            "run_instances",
            "RunInstancesRequest",
            instance_type=type_,
            image_id=place["image"],
            v_switch_id=place["vswitch"],
            security_group_id=place["group"],
            amount=amount,
            client_token=token,
            tag=[models.RunInstancesRequestTag(key=TAG[0], value=TAG[1])],
        )["InstanceIdSets"]["InstanceIdSet"]

    def page(self, token):
        return self.call(
            "describe_instances", "DescribeInstancesRequest", max_results=10, next_token=token or None
        )

    def delete(self, ids):
        self.call("delete_instances", "DeleteInstancesRequest", instance_id=ids, force=True)

    def break_rule(self):
        self.call("describe_price", "DescribePriceRequest", instance_type=TYPE, amount=5000)


class Rpc:
    def __init__(self, endpoint, region, secret=SECRET):
        from aliyunsdkcore.client import AcsClient

        self.host, port = endpoint.split("://")[1].split(":")
        self.client = AcsClient(KEY, secret, region, port=int(port), auto_retry=False)

    def call(self, name, **parameters):
        import importlib

        from aliyunsdkcore.acs_exception.exceptions import ServerException

        module = importlib.import_module(f"aliyunsdkecs.request.v20140526.{name}Request")
        request = getattr(module, f"{name}Request")()
        request.set_endpoint(self.host)
        request.set_protocol_type("http")
        request.set_accept_format("json")
        for parameter, value in parameters.items():
            getattr(request, f"set_{parameter}")(value)
        try:
            return json.loads(self.client.do_action_with_exception(request))
        except ServerException as refusal:
            raise Refused(refusal.get_error_code(), refusal.get_http_status()) from refusal

    def launch(self, place, amount, token, type_=TYPE):
        return self.call(
            "RunInstances",
            InstanceType=type_,
            ImageId=place["image"],
            VSwitchId=place["vswitch"],
            SecurityGroupId=place["group"],
            Amount=amount,
            ClientToken=token,
            Tags=[{"Key": TAG[0], "Value": TAG[1]}],
        )["InstanceIdSets"]["InstanceIdSet"]

    def page(self, token):
        more = {"NextToken": token} if token else {}
        return self.call("DescribeInstances", MaxResults=10, **more)

    def delete(self, ids):
        self.call("DeleteInstances", InstanceIds=ids, Force=True)

    def break_rule(self):
        self.call("DescribePrice", InstanceType=TYPE, Amount=5000)


def refusal_of(act):
    try:
        act()
    except Refused as refused:
        return refused.code
    return None


def listed(client):
    pages, token = [], ""
    while True:
        body = client.page(token)
        pages.append(body["Instances"]["Instance"])
        token = body["NextToken"]
        if not token:
            return pages


def until_running(client, ids):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        states = {m["InstanceId"]: m["Status"] for page in listed(client) for m in page}
        if all(states.get(each) == "Running" for each in ids):
            return
        time.sleep(0.1)
    raise TimeoutError("the machines did not run in time")


def check_sdk(make, place):
    client = make()
    first = client.launch(place, 7, "token-one")
    again = client.launch(place, 7, "token-one")
    mismatch = refusal_of(lambda: client.launch(place, 8, "token-one"))
    second = client.launch(place, 8, "token-two")
    too_early = refusal_of(lambda: client.delete(first))
    ids = first + second
    until_running(client, ids)
    pages = listed(client)
    machines = [machine for page in pages for machine in page]
    client.delete(ids)
    deadline = time.monotonic() + 10
    while any(listed(client)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return {
        "launched": ids,
        "repeated": again == first,
        "mismatch": mismatch,
        "tooEarly": too_early,
        "listed": sorted(machine["InstanceId"] for machine in machines),
        "pageSizes": [len(page) for page in pages],
        "tag": machines[0]["Tags"]["Tag"][0]["TagValue"] == TAG[1],
        "left": [machine["InstanceId"] for page in listed(client) for machine in page],
        "unknownId": refusal_of(lambda: client.delete(["i-bp100000000000000000"])),
        "outOfRange": refusal_of(client.break_rule),
        "wrongType": refusal_of(lambda: client.launch(place, 1, "token-three", "ecs.none.large")),
        "wrongSecret": refusal_of(lambda: make("not the secret").page("")),
    }


def check_libcloud(endpoint, region, place):
    from libcloud.compute.providers import get_driver

    host, port = endpoint.split("://")[1].split(":")
    driver = get_driver("aliyun_ecs")(KEY, SECRET, region=region, secure=False, host=host, port=int(port))
    size = next(each for each in driver.list_sizes() if each.id == TYPE)
    image = driver.list_images(location=None, ex_image_ids=[place["image"]])[0]
    return {
        "sizes": [size.id, size.ram],
        "locations": sorted(each.id for each in driver.list_locations()),
        "image": image.id,
        "nodes": [
            {"id": node.id, "state": str(node.state), "address": node.private_ips[0]}
            for node in driver.list_nodes()
        ],
        "destroyed": driver.destroy_node(driver.list_nodes()[0]),
        "left": len(driver.list_nodes()),
    }


def main():
    client, endpoint, region, vswitch, group, image = sys.argv[1:]
    place = {"vswitch": vswitch, "group": group, "image": image}
    if client == "libcloud":
        print(json.dumps(check_libcloud(endpoint, region, place)))
        return
    kind = Acs3 if client == "acs3" else Rpc
    print(json.dumps(check_sdk(lambda *secret: kind(endpoint, region, *secret), place)))


main()

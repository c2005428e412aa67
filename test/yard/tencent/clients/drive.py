"""Drives the simulator with the vendor's SDK as a user would, and prints what came of it as one JSON object.

Usage: drive.py --endpoint URL --region REGION --zone ZONE --image IMAGE
"""

import argparse
import json
import os
import time
from urllib.parse import urlparse

from tencentcloud.clb.v20180317 import clb_client
from tencentcloud.clb.v20180317 import models as clb_models
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import cvm_client
from tencentcloud.cvm.v20170312 import models as cvm_models

TOKEN = "drive-1"


def code_of(work):
    try:
        work()
        return None
    except TencentCloudSDKException as thrown:
        return thrown.code


def request_of(kind, fields):
    request = kind()
    request.from_json_string(json.dumps(fields))
    return request


def until(check, seconds=10):
    deadline = time.time() + seconds
    while not check():
        if time.time() > deadline:
            raise SystemExit("nothing changed in time")
        time.sleep(0.05)


def main():
    options = argparse.ArgumentParser()
    for name in ("endpoint", "region", "zone", "image"):
        options.add_argument("--" + name, required=True)
    args = options.parse_args()
    url = urlparse(args.endpoint)

    def profile(method="POST"):
        return ClientProfile(httpProfile=HttpProfile(protocol=url.scheme, endpoint=url.netloc, reqMethod=method))

    key_id, key = os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"]
    secret = credential.Credential(key_id, key)
    cvm = cvm_client.CvmClient(secret, args.region, profile())
    getting = cvm_client.CvmClient(secret, args.region, profile("GET"))

    def launch(**more):
        fields = {"Placement": {"Zone": args.zone}, "ImageId": args.image, "InstanceType": "S5.LARGE8", **more}
        return cvm.RunInstances(request_of(cvm_models.RunInstancesRequest, fields))

    def describe(client=cvm, **fields):
        return client.DescribeInstances(request_of(cvm_models.DescribeInstancesRequest, fields))

    def end(ids):
        return cvm.TerminateInstances(request_of(cvm_models.TerminateInstancesRequest, {"InstanceIds": ids}))

    tags = [{"ResourceType": "instance", "Tags": [{"Key": "role", "Value": "web"}]}]
    order = {"InstanceCount": 25, "ClientToken": TOKEN, "TagSpecification": tags, "InstanceName": "web-{R:1,F:2}"}
    dry = launch(DryRun=True, **order)
    ids = launch(**order).InstanceIdSet
    again = launch(**order).InstanceIdSet
    first_states = {i.InstanceState for i in describe(Limit=100).InstanceSet}
    until(lambda: {i.InstanceState for i in describe(Limit=100).InstanceSet} == {"RUNNING"})
    pages = [describe(Limit=10, Offset=offset) for offset in (0, 10, 20)]
    tagged = {"Name": "tag:role", "Values": ["web"]}
    report = {
        "dryRunIds": dry.InstanceIdSet,
        "launched": len(ids),
        "sameAgain": again == ids,
        "firstStates": sorted(first_states),
        "names": sorted(i.InstanceName for i in describe(InstanceIds=ids[:3]).InstanceSet),
        "pageSizes": [len(page.InstanceSet) for page in pages],
        "distinct": len({i.InstanceId for page in pages for i in page.InstanceSet}),
        "total": pages[0].TotalCount,
        "byTag": describe(Filters=[tagged]).TotalCount,
        "byTagWithGet": describe(client=getting, Filters=[tagged], Limit=5).TotalCount,
        "errors": {
            "mismatch": code_of(lambda: launch(ClientToken=TOKEN, InstanceCount=3)),
            "wrongKey": code_of(
                lambda: describe(client=cvm_client.CvmClient(credential.Credential(key_id, "no"), args.region, profile()))
            ),
            "unknownKey": code_of(
                lambda: describe(client=cvm_client.CvmClient(credential.Credential("AKIDno", key), args.region, profile()))
            ),
            "unknownRegion": code_of(
                lambda: describe(client=cvm_client.CvmClient(secret, "ap-nowhere", profile()))
            ),
            "unknownType": code_of(lambda: launch(InstanceType="S9.LARGE8")),
            "unknownImage": code_of(lambda: launch(ImageId="img-00000000")),
            "tooMany": code_of(lambda: launch(InstanceCount=101)),
            "unknownId": code_of(lambda: end(["ins-00000000"])),
            "malformedId": code_of(lambda: end(["ins-1"])),
            "limit": code_of(lambda: describe(Limit=101)),
            "bothIdsAndFilters": code_of(lambda: describe(InstanceIds=ids[:1], Filters=[tagged])),
            "unknownFilter": code_of(lambda: describe(Filters=[{"Name": "colour", "Values": ["red"]}])),
            "unknownParameter": code_of(lambda: cvm.call("DescribeZones", {"Colour": "red"})),
            "wrongType": code_of(lambda: cvm.call("DescribeInstances", {"Limit": "ten"})),
        },
    }
    end(ids)
    report["errors"]["endingTwice"] = code_of(lambda: end(ids[:1]))
    until(lambda: describe().TotalCount == 0)
    report["afterEnd"] = describe(InstanceIds=ids[:1]).TotalCount
    clb = clb_client.ClbClient(secret, args.region, profile())
    made = clb.CreateLoadBalancer(
        request_of(clb_models.CreateLoadBalancerRequest, {"LoadBalancerType": "OPEN", "LoadBalancerName": "drive"})
    )
    task = request_of(clb_models.DescribeTaskStatusRequest, {"TaskId": made.RequestId})
    listener = {"LoadBalancerId": made.LoadBalancerIds[0], "Ports": [80], "Protocol": "TCP"}
    report["errors"]["busyBalancer"] = code_of(
        lambda: clb.CreateListener(request_of(clb_models.CreateListenerRequest, listener))
    )
    until(lambda: clb.DescribeTaskStatus(task).Status == 0)
    report["balancers"] = clb.DescribeLoadBalancers(
        request_of(clb_models.DescribeLoadBalancersRequest, {})
    ).TotalCount
    print(json.dumps(report))


main()

"""Buys machines with the vendor's own SDK, as a colleague with a script would. Prints their ids.

Usage: launch.py --endpoint URL --region REGION --zone ZONE --image IMAGE --type TYPE --count N --name NAME
"""

import argparse
import json
import os
from urllib.parse import urlparse

from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import cvm_client, models


def main():
    options = argparse.ArgumentParser()
    for name in ("endpoint", "region", "zone", "image", "type", "count", "name"):
        options.add_argument("--" + name, required=True)
    args = options.parse_args()
    url = urlparse(args.endpoint)
    secret = credential.Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
    profile = ClientProfile(httpProfile=HttpProfile(protocol=url.scheme, endpoint=url.netloc))
    cvm = cvm_client.CvmClient(secret, args.region, profile)
    request = models.RunInstancesRequest()
    request.from_json_string(
        json.dumps(
            {
                "Placement": {"Zone": args.zone},
                "ImageId": args.image,
                "InstanceType": args.type,
                "InstanceCount": int(args.count),
                "InstanceName": args.name,
                "TagSpecification": [
                    {"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "reporting"}]}
                ],
            }
        )
    )
    print(json.dumps(cvm.RunInstances(request).InstanceIdSet))


main()

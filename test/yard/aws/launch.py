"""Buys machines with boto3, as a colleague with a script would. Prints their ids.

Usage: launch.py --endpoint URL --region REGION --image IMAGE --subnet SUBNET --type TYPE --count N --name NAME
Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

import argparse
import json

import boto3


def main():
    options = argparse.ArgumentParser()
    for name in ("endpoint", "region", "image", "subnet", "type", "count", "name"):
        options.add_argument("--" + name, required=True)
    args = options.parse_args()
    ec2 = boto3.client("ec2", region_name=args.region, endpoint_url=args.endpoint)
    tags = [{"Key": "Name", "Value": args.name}, {"Key": "team", "Value": "reporting"}]
    answer = ec2.run_instances(
        ImageId=args.image,
        SubnetId=args.subnet,
        InstanceType=args.type,
        MinCount=int(args.count),
        MaxCount=int(args.count),
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    print(json.dumps([instance["InstanceId"] for instance in answer["Instances"]]))


main()

"""The address that a token of EKS is made of, signed by botocore: arguments are cluster, region, session token or -."""

import datetime
import os
import sys

import botocore.auth
import botocore.session
from botocore.signers import RequestSigner

cluster, region, token = sys.argv[1:4]
now = datetime.datetime(2026, 11, 11, 0, 0, 0)
botocore.auth.get_current_datetime = lambda *args, **kwargs: now
session = botocore.session.Session()
session.set_credentials(
    os.environ["AWS_ACCESS_KEY_ID"],
    os.environ["AWS_SECRET_ACCESS_KEY"],
    None if token == "-" else token,
)
model = session.get_service_model("sts")
signer = RequestSigner(
    model.service_id, region, "sts", "v4", session.get_credentials(), session.get_component("event_emitter")
)
print(
    signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": cluster},
            "context": {},
        },
        region_name=region,
        expires_in=60,
        operation_name="",
    )
)

"""moto's own server, but each resource finds its tags by its id.

moto goes through the tags of all resources for each resource that it shows, so that a listing of thousands takes minutes.
What it answers stays the same. Arguments are those of moto_server.
"""

import sys

from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix
from moto.server import main


def own_tags(resource):
    if not resource.id:
        return []
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id), "")
    tags = resource.ec2_backend.tags.get(resource.id, {})
    return [
        {"resource_id": resource.id, "key": key, "value": value, "resource_type": kind}
        for key, value in list(tags.items())
    ]


TaggedEC2Resource.get_tags = own_tags
sys.exit(main())

"""Calls what can be listed, and most of what can be changed, with the vendor's own SDKs and prints, as JSON by action, what of our answers they do not
know: fields that their models lack, values of another structure or type. Empty lists: nothing.

Usage: check_shapes.py ENDPOINT REGION VSWITCH GROUP IMAGE
"""

import importlib
import inspect
import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone

from alibabacloud_tea_openapi.models import Config


def unknown(sent, known, path=""):
    if isinstance(sent, dict):
        if not isinstance(known, dict):
            return [f"{path}: an object here"]
        found = [f"{path}.{name}" for name, value in sent.items() if name not in known and value not in ("", None)]
        for name, value in sent.items():
            if name in known:
                found += unknown(value, known[name], f"{path}.{name}")
        return found
    if isinstance(sent, list):
        if not isinstance(known, list) or len(known) != len(sent):
            return [f"{path}: a list here"]
        return [entry for index, value in enumerate(sent) for entry in unknown(value, known[index], f"{path}[]")]
    return [f"{path}: a plain value here"] if isinstance(known, (dict, list)) else []


PLAIN = {"str": str, "int": int, "float": float, "bool": bool}


def mistyped(model, path=""):
    """Values whose type is not the one that the model declares; integers pass for fractions."""
    declared = inspect.signature(type(model).__init__).parameters
    found = []
    for name, value in vars(model).items():
        said = str(declared[name].annotation) if name in declared else ""
        wanted = PLAIN.get(said.removeprefix("List[").rstrip("]"))
        for entry in value if isinstance(value, list) else [value]:
            if hasattr(entry, "from_map"):
                found += mistyped(entry, f"{path}.{name}")
            elif wanted is not None and entry is not None:
                allowed = (int, float) if wanted is float else wanted
                if not isinstance(entry, allowed) or (wanted is not bool and isinstance(entry, bool)):
                    found.append(f"{path}.{name}: {entry!r} is no {wanted.__name__}")
    return found


class Product:
    def __init__(self, package, endpoint, region):
        self.models = importlib.import_module(f"{package}.models")
        self.client = importlib.import_module(f"{package}.client").Client(
            Config(
                access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
                access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
                endpoint=endpoint.split("://")[1],
                protocol="http",
                region_id=region,
            )
        )
        self.raw = None
        call = self.client.call_api

        def recording(*arguments):
            self.raw = call(*arguments)
            return self.raw

        self.client.call_api = recording

    def ask(self, method, request=None, *path, **parameters):
        made = [] if request is None else [getattr(self.models, request)(**parameters)]
        body = getattr(self.client, method)(*path, *made).body
        strange = unknown(self.raw["body"], body.to_map()) + mistyped(body)
        return body, sorted(set(strange))


def main():
    endpoint, region, vswitch, group, image = sys.argv[1:]
    found = {}

    def note(product, method, request=None, *path, **parameters):
        body, strange = product.ask(method, request, *path, **parameters)
        found[method] = strange
        return body

    ecs = Product("alibabacloud_ecs20140526", endpoint, region)
    here = {"region_id": region}
    launched = note(
        ecs,
        "run_instances",
        "RunInstancesRequest",
        **here,
        instance_type="ecs.c7.large",
        image_id=image,
        v_switch_id=vswitch,
        security_group_id=group,
        amount=2,
        spot_strategy="SpotAsPriceGo",
        tag=[ecs.models.RunInstancesRequestTag(key="k", value="v")],
    )
    note(ecs, "describe_instances", "DescribeInstancesRequest", **here)
    note(ecs, "describe_instance_status", "DescribeInstanceStatusRequest", **here)
    note(ecs, "describe_regions", "DescribeRegionsRequest")
    note(ecs, "describe_zones", "DescribeZonesRequest", **here)
    note(ecs, "describe_instance_types", "DescribeInstanceTypesRequest")
    note(ecs, "describe_images", "DescribeImagesRequest", **here)
    note(ecs, "describe_security_groups", "DescribeSecurityGroupsRequest", **here)
    note(ecs, "describe_disks", "DescribeDisksRequest", **here)
    note(ecs, "describe_network_interfaces", "DescribeNetworkInterfacesRequest", **here)
    note(ecs, "describe_dedicated_hosts", "DescribeDedicatedHostsRequest", **here)
    note(ecs, "describe_capacity_reservations", "DescribeCapacityReservationsRequest", **here)
    note(ecs, "describe_elasticity_assurances", "DescribeElasticityAssurancesRequest", **here)
    note(ecs, "describe_account_attributes", "DescribeAccountAttributesRequest", **here)
    note(ecs, "list_tag_resources", "ListTagResourcesRequest", **here, resource_type="instance")
    note(ecs, "describe_price", "DescribePriceRequest", **here, instance_type="ecs.c7.large")
    note(ecs, "describe_spot_advice", "DescribeSpotAdviceRequest", **here)
    note(
        ecs,
        "describe_available_resource",
        "DescribeAvailableResourceRequest",
        **here,
        destination_resource="InstanceType",
    )
    note(
        ecs,
        "describe_spot_price_history",
        "DescribeSpotPriceHistoryRequest",
        **here,
        instance_type="ecs.c7.large",
        network_type="vpc",
    )
    vpc = Product("alibabacloud_vpc20160428", endpoint, region)
    address = note(vpc, "allocate_eip_address", "AllocateEipAddressRequest", **here)
    for method, request in [
        ("describe_vpcs", "DescribeVpcsRequest"),
        ("describe_vswitches", "DescribeVSwitchesRequest"),
        ("describe_vrouters", "DescribeVRoutersRequest"),
        ("describe_router_interfaces", "DescribeRouterInterfacesRequest"),
        ("describe_nat_gateways", "DescribeNatGatewaysRequest"),
        ("describe_route_tables", "DescribeRouteTablesRequest"),
        ("describe_eip_addresses", "DescribeEipAddressesRequest"),
    ]:
        note(vpc, method, request, **here)
    alb = Product("alibabacloud_alb20200616", endpoint, region)
    server = alb.models.AddServersToServerGroupRequestServers(
        server_id="127.60.9.9", server_ip="127.60.9.9", server_type="Ip", port=80, weight=3
    )
    note(
        alb,
        "add_servers_to_server_group",
        "AddServersToServerGroupRequest",
        server_group_id="sgp-burst0",
        servers=[server],
    )
    note(alb, "list_load_balancers", "ListLoadBalancersRequest")
    note(alb, "get_load_balancer_attribute", "GetLoadBalancerAttributeRequest", load_balancer_id="alb-spring0")
    note(alb, "list_listeners", "ListListenersRequest")
    note(alb, "get_listener_attribute", "GetListenerAttributeRequest", listener_id="lsn-spring0")
    note(alb, "list_rules", "ListRulesRequest")
    note(alb, "list_server_groups", "ListServerGroupsRequest")
    note(alb, "list_server_group_servers", "ListServerGroupServersRequest")
    note(alb, "list_asyn_jobs", "ListAsynJobsRequest")
    health = {"listener_id": "lsn-spring0", "include_rule": True}
    note(alb, "get_listener_health_status", "GetListenerHealthStatusRequest", **health)
    slb = Product("alibabacloud_slb20140515", endpoint, region)
    note(slb, "describe_load_balancers", "DescribeLoadBalancersRequest", **here)
    classic = {"load_balancer_id": "lb-bp1spring0", **here}
    note(slb, "describe_load_balancer_attribute", "DescribeLoadBalancerAttributeRequest", **classic)
    note(slb, "describe_vserver_groups", "DescribeVServerGroupsRequest", **classic)
    group_of = {"vserver_group_id": "rsp-bp1spring0", **here}
    note(slb, "describe_vserver_group_attribute", "DescribeVServerGroupAttributeRequest", **group_of)
    dns = Product("alibabacloud_alidns20150109", endpoint, region)
    domain = {"domain_name": "spring.example"}
    records = [
        note(dns, "add_domain_record", "AddDomainRecordRequest", **domain, rr="shop", type="A", value=value).record_id
        for value in ["203.0.113.1", "203.0.113.2"]
    ]
    note(dns, "set_dnsslbstatus", "SetDNSSLBStatusRequest", sub_domain="shop.spring.example", open=True)
    note(dns, "describe_domains", "DescribeDomainsRequest")
    note(dns, "describe_domain_records", "DescribeDomainRecordsRequest", **domain)
    note(dns, "describe_dnsslbsub_domains", "DescribeDNSSLBSubDomainsRequest", **domain)
    cs = Product("alibabacloud_cs20151215", endpoint, region)
    cluster = note(
        cs, "create_cluster", "CreateClusterRequest", name="shop", cluster_type="ManagedKubernetes", **here
    ).cluster_id
    note(cs, "describe_clusters_v1", "DescribeClustersV1Request", **here)
    note(Product("alibabacloud_sts20150401", endpoint, region), "get_caller_identity")
    quotas = Product("alibabacloud_quotas20200510", endpoint, region)
    note(quotas, "list_product_quotas", "ListProductQuotasRequest", product_code="ecs")
    bss = Product("alibabacloud_bssopenapi20171214", endpoint, region)
    month = (datetime.now(timezone.utc) + timedelta(hours=8)).strftime("%Y-%m")
    note(bss, "query_account_balance")
    note(bss, "describe_instance_bill", "DescribeInstanceBillRequest", billing_cycle=month)
    note(bss, "query_bill", "QueryBillRequest", billing_cycle=month)

    one = {"server_id": server.server_id, "server_ip": server.server_ip, "server_type": "Ip", "port": 80}
    changed = alb.models.UpdateServerGroupServersAttributeRequestServers(**one, weight=5)
    removed = alb.models.RemoveServersFromServerGroupRequestServers(**one)
    for method, request, servers in [
        ("update_server_group_servers_attribute", "UpdateServerGroupServersAttributeRequest", [changed]),
        ("remove_servers_from_server_group", "RemoveServersFromServerGroupRequest", [removed]),
    ]:
        when_settled(note, alb, method, request, server_group_id="sgp-burst0", servers=servers)
    when_settled(note, alb, "update_rule_attribute", "UpdateRuleAttributeRequest", rule_id="rule-spring0", priority=900)
    machines = launched.instance_id_sets.instance_id_set
    members = [{"ServerId": id, "Type": "ecs", "Port": "80", "Weight": "50"} for id in machines]
    for method, request, changed in [
        ("add_vserver_group_backend_servers", "AddVServerGroupBackendServersRequest", members),
        ("set_vserver_group_attribute", "SetVServerGroupAttributeRequest", members),
        ("remove_vserver_group_backend_servers", "RemoveVServerGroupBackendServersRequest", members[:1]),
    ]:
        note(slb, method, request, **group_of, backend_servers=json.dumps(changed))
    note(slb, "describe_health_status", "DescribeHealthStatusRequest", **classic)
    name = {"sub_domain": "shop.spring.example"}
    note(dns, "describe_sub_domain_records", "DescribeSubDomainRecordsRequest", **name)
    note(dns, "update_dnsslbweight", "UpdateDNSSLBWeightRequest", record_id=records[0], weight=7)
    note(dns, "delete_domain_record", "DeleteDomainRecordRequest", record_id=records[1])
    when_settled(note, cs, "describe_cluster_detail", None, cluster)
    note(cs, "describe_cluster_node_pools", "DescribeClusterNodePoolsRequest", cluster)
    when_settled(note, cs, "delete_cluster", "DeleteClusterRequest", cluster)
    tag = ecs.models.TagResourcesRequestTag(key="k2", value="v2")
    tagged = {"resource_type": "instance", "resource_id": machines, "tag": [tag]}
    note(ecs, "tag_resources", "TagResourcesRequest", **here, **tagged)
    later = (datetime.now(timezone.utc) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:00Z")
    release = {"instance_id": machines[0], "auto_release_time": later}
    note(ecs, "modify_instance_auto_release_time", "ModifyInstanceAutoReleaseTimeRequest", **here, **release)
    ended = {"instance_id": machines, "force": True}
    when_settled(note, ecs, "delete_instances", "DeleteInstancesRequest", **here, **ended)
    note(vpc, "release_eip_address", "ReleaseEipAddressRequest", **here, allocation_id=address.allocation_id)
    print(json.dumps(found))


def when_settled(note, *arguments, seconds=20, **parameters):
    """Again for as long as the product is busy with the change before."""
    deadline = time.time() + seconds
    while True:
        try:
            return note(*arguments, **parameters)
        except Exception:
            if time.time() > deadline:
                raise
            time.sleep(0.1)


main()

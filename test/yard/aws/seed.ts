import type { Upstream } from './upstream.js';

/** What exists before anybody calls. Ids are the same after every start and reset. */
export type YardSeed = Readonly<{
  vpcId: string;
  imageId: string;
  securityGroupId: string;
  /** Subnet id by zone. */
  subnets: Readonly<Record<string, string>>;
}>;

export type SeedPlan = Readonly<{
  region: string;
  zones: readonly string[];
  /** First two octets of the addresses that machines get: `127.20` makes them answer on loopback. */
  addressPrefix: string;
}>;

/** The network is an address range that this very computer answers on, which no real cloud would accept. */
export async function seedCloud(upstream: Upstream, plan: SeedPlan): Promise<YardSeed> {
  const ec2 = (params: Record<string, string>) => upstream.query('ec2', plan.region, params);
  await upstream.control('/moto-api/reset');
  // The emulator makes its own defaults at the first call; they must not use up our seed.
  await ec2({ Action: 'DescribeVpcs' });
  await upstream.control('/moto-api/seed?a=20261111');
  const vpc = await ec2({ Action: 'CreateVpc', CidrBlock: `${plan.addressPrefix}.0.0/16` });
  const vpcId = vpc.textAt('vpc', 'vpcId');
  const subnets: Record<string, string> = {};
  for (const [index, zone] of plan.zones.entries()) {
    const subnet = await ec2({
      Action: 'CreateSubnet',
      VpcId: vpcId,
      CidrBlock: `${plan.addressPrefix}.${index * 16}.0/20`,
      AvailabilityZone: zone,
      'TagSpecification.1.ResourceType': 'subnet',
      'TagSpecification.1.Tag.1.Key': 'Name',
      'TagSpecification.1.Tag.1.Value': `shop-${zone}`,
    });
    subnets[zone] = subnet.textAt('subnet', 'subnetId');
  }
  const group = await ec2({
    Action: 'CreateSecurityGroup',
    VpcId: vpcId,
    GroupName: 'shop',
    GroupDescription: 'Machines of the shop',
  });
  const image = await ec2({ Action: 'RegisterImage', Name: 'shop-1.0', Description: 'Image of the shop' });
  // From here on ids must not repeat those of an earlier life of this yard.
  await upstream.control(`/moto-api/seed?a=${Date.now()}`);
  return {
    vpcId,
    imageId: image.textAt('imageId'),
    securityGroupId: group.textAt('groupId'),
    subnets,
  };
}

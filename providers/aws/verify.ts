import { SpringtideError, addMs, asSpringtideError, type Instant } from '@springtide/kernel';
import type { AccountReport, TrafficFacet } from '@springtide/provider-kit';
import { endpointOf, type AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import type { ClustersApi } from './clusters-api.js';
import { awsCodeOf } from './error-map.js';
import type { PriceBook } from './price-book.js';
import type { QuotasApi } from './quotas-api.js';
import { INSTALLATION_TAG } from './tags.js';

const VERIFY_LIMIT_MS = 20_000;
const NOBODY = '00000000000000000';
const TAG_BOUND = '(a policy bound to our tag cannot be tried beforehand and shows as missing)';

/** What reads a route, where the account has any. */
type RouteProbe = Pick<TrafficFacet, 'readRoute'>;
type Apis = Readonly<{ api: AwsApi; quotas: QuotasApi; eks: ClustersApi; prices: PriceBook }>;
type Permission = AccountReport['permissions'][number];
type Probe = Readonly<{ action: string; neededFor: string; attempt: (at: AwsScope) => Promise<unknown> }>;

/** Changing actions are tried as dry runs: EC2 judges the permission and does nothing. */
export async function verifyAccount(
  account: AwsAccount,
  apis: Apis,
  entrance: RouteProbe | undefined,
  at: Instant,
): Promise<AccountReport> {
  const { api } = apis;
  const region = account.regions[0] ?? '';
  const scope: AwsScope = { region, deadline: addMs(at, VERIFY_LIMIT_MS) };
  const identity = await api.callerIdentity(scope);
  const permissions: Permission[] = [];
  const probes = [...(await probesOf(account, api, scope)), ...extraProbes(account, apis)];
  for (const probe of probes) permissions.push(await tryPermission(probe, scope));
  for (const [route, { kind }] of Object.entries(account.routes)) {
    permissions.push(await tryRoute(route, kind, entrance, scope.deadline));
  }
  return {
    identity,
    regions: await enabledRegions(account, api, scope),
    permissions,
    ...(api.clockSkewMs === undefined ? {} : { clockSkewMs: api.clockSkewMs }),
    product: `Amazon EC2 API 2016-11-15 at ${endpointOf(account, 'ec2', region)}`,
  };
}

async function probesOf(account: AwsAccount, api: AwsApi, at: AwsScope): Promise<readonly Probe[]> {
  const machineType = account.machineTypes[0] ?? '';
  const reads: Probe[] = [
    {
      action: 'ec2:DescribeInstances',
      neededFor: 'the inventory, and finding what a lost answer created',
      attempt: (scope) => api.describeInstances(scope, { MaxResults: 5 }),
    },
    {
      action: 'ec2:DescribeInstanceTypes',
      neededFor: 'the sizes that can be bought',
      attempt: (scope) =>
        api.describeInstanceTypes(scope, { Filters: [{ Name: 'instance-type', Values: [machineType] }] }),
    },
    {
      action: 'ec2:DescribeInstanceTypeOfferings',
      neededFor: 'the zones in which they can be bought',
      attempt: (scope) =>
        api.describeInstanceTypeOfferings(scope, {
          LocationType: 'availability-zone',
          Filters: [{ Name: 'instance-type', Values: [machineType] }],
        }),
    },
    {
      action: 'ec2:DescribeImages',
      neededFor: 'the image that machines start from',
      attempt: (scope) => api.describeImages(scope, { Owners: [...account.imageOwners] }),
    },
    {
      action: 'ec2:DescribeSubnets',
      neededFor: 'free addresses before a launch',
      attempt: (scope) => api.describeSubnets(scope, {}),
    },
    {
      action: 'ec2:DescribeVolumes',
      neededFor: 'proof that no disk is left over',
      attempt: (scope) => api.describeVolumes(scope, { MaxResults: 5 }),
    },
    {
      action: 'ec2:DescribeNetworkInterfaces',
      neededFor: 'proof that no interface is left over',
      attempt: (scope) => api.describeNetworkInterfaces(scope, { MaxResults: 5 }),
    },
    {
      action: 'ec2:DescribeAddresses',
      neededFor: 'proof that no address is left over',
      attempt: (scope) => api.describeAddresses(scope, {}),
    },
  ];
  return [...reads, ...(await launchProbe(account, api, at, machineType)), ...endingProbes(api)];
}

/** What compute does without, though worse, and what only some accounts do. */
function extraProbes(account: AwsAccount, { api, quotas, eks, prices }: Apis): readonly Probe[] {
  const probes: Probe[] = [
    {
      action: 'servicequotas:ListServiceQuotas',
      neededFor: 'the vCPU limits; without it the setting vcpuLimits is all that is known',
      attempt: (scope) => quotas.limits(scope),
    },
    {
      action: 'ec2:DescribeLaunchTemplates',
      neededFor: 'proof that no launch template is left over',
      attempt: (scope) => api.describeLaunchTemplates(scope, { MaxResults: 5 }),
    },
  ];
  if (account.spot !== undefined) probes.push(...spotProbes(api));
  if (account.prices === 'api') {
    probes.push({
      action: 'pricing:GetProducts',
      neededFor: 'prices of today; without it the list that ships is all that is known',
      attempt: (scope) => prices.probe(scope),
    });
  }
  if (account.clusters !== undefined) {
    probes.push({
      action: 'eks:ListClusters',
      neededFor: 'Kubernetes clusters',
      attempt: (scope) => eks.names(scope, undefined),
    });
  }
  if (account.launch === 'fleet') {
    probes.push({
      action: 'ec2:CreateLaunchTemplate',
      neededFor: 'what fleets are made from',
      attempt: (scope) =>
        api.createLaunchTemplate(scope, {
          DryRun: true,
          LaunchTemplateName: 'springtide-verify',
          LaunchTemplateData: { InstanceType: (account.machineTypes[0] ?? '') as 'c6i.large' },
          TagSpecifications: [
            { ResourceType: 'launch-template', Tags: [{ Key: INSTALLATION_TAG, Value: 'verify' }] },
          ],
        }),
    });
  }
  return probes;
}

function spotProbes(api: AwsApi): readonly Probe[] {
  return [
    {
      action: 'ec2:DescribeSpotPriceHistory',
      neededFor: 'spot prices; without it no spot machine is offered',
      attempt: (scope) => api.describeSpotPriceHistory(scope, { MaxResults: 5 }),
    },
    {
      action: 'ec2:DescribeSpotInstanceRequests',
      neededFor: 'notice of spot machines that are about to be taken back',
      attempt: (scope) => api.describeSpotInstanceRequests(scope, { MaxResults: 5 }),
    },
  ];
}

/** Needs an image that exists: without one the launch permission cannot be tried, and is left out. */
async function launchProbe(
  account: AwsAccount,
  api: AwsApi,
  at: AwsScope,
  machineType: string,
): Promise<Probe[]> {
  const images = await api
    .describeImages(at, { Owners: [...account.imageOwners] })
    .catch((thrown: unknown) => {
      if (asSpringtideError(thrown).code === 'permission-denied') return undefined;
      throw thrown;
    });
  const image = images?.Images?.[0]?.ImageId;
  if (image === undefined) return [];
  const subnet = Object.values(account.subnets)[0];
  return [
    {
      action: 'ec2:RunInstances',
      neededFor: 'buying machines',
      attempt: (scope) =>
        api.runInstances(scope, {
          DryRun: true,
          ImageId: image,
          InstanceType: machineType as 'c6i.large',
          MinCount: 1,
          MaxCount: 1,
          ...(subnet === undefined ? {} : { SubnetId: subnet }),
          TagSpecifications: (['instance', 'volume', 'network-interface'] as const).map((ResourceType) => ({
            ResourceType,
            Tags: [{ Key: INSTALLATION_TAG, Value: 'verify' }],
          })),
        }),
    },
  ];
}

/** There is nothing to try these on: a policy that is bound to our tag answers as one that lacks the right. */
function endingProbes(api: AwsApi): readonly Probe[] {
  return [
    {
      action: 'ec2:TerminateInstances',
      neededFor: `giving machines back ${TAG_BOUND}`,
      attempt: (scope) => api.terminateInstances(scope, [`i-${NOBODY}`], true),
    },
    {
      action: 'ec2:DeleteVolume',
      neededFor: `deleting disks that outlive their machine ${TAG_BOUND}`,
      attempt: (scope) => api.deleteVolume(scope, `vol-${NOBODY}`, true),
    },
    {
      action: 'ec2:DeleteNetworkInterface',
      neededFor: `deleting interfaces that outlive their machine ${TAG_BOUND}`,
      attempt: (scope) => api.deleteNetworkInterface(scope, `eni-${NOBODY}`, true),
    },
  ];
}

async function tryPermission(probe: Probe, at: AwsScope): Promise<Permission> {
  const { action, neededFor } = probe;
  try {
    await probe.attempt(at);
    return { action, neededFor, granted: true };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    if (awsCodeOf(thrown) === 'DryRunOperation' || thrown.code === 'not-found') {
      return { action, neededFor, granted: true };
    }
    if (thrown.code === 'permission-denied') return { action, neededFor, granted: false };
    throw thrown;
  }
}

/** AWS has no dry run for load balancers and names: what is tried is that the route is there and can be read whole. */
async function tryRoute(
  route: string,
  kind: 'listener' | 'name',
  entrance: RouteProbe | undefined,
  deadline: Instant,
): Promise<Permission> {
  const action = kind === 'listener' ? 'elasticloadbalancing:Describe*' : 'route53:ListResourceRecordSets';
  const permission = { action, neededFor: `route ${route}` };
  try {
    await entrance?.readRoute(route, { deadline });
    return { ...permission, granted: entrance !== undefined };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    if (['permission-denied', 'not-found'].includes(thrown.code)) return { ...permission, granted: false };
    throw thrown;
  }
}

/** Without the right to ask, what the account was registered for is all that is known. */
async function enabledRegions(account: AwsAccount, api: AwsApi, at: AwsScope): Promise<readonly string[]> {
  try {
    const { Regions = [] } = await api.describeRegions(at);
    const enabled = new Set(Regions.map(({ RegionName }) => RegionName));
    return account.regions.filter((region) => enabled.has(region));
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'permission-denied') return account.regions;
    throw thrown;
  }
}

import { SpringtideError, addMs, asSpringtideError, type Instant } from '@springtide/kernel';
import type { AccountReport } from '@springtide/provider-kit';
import { endpointOf, type TencentAccount } from './account.js';
import { tencentCodeOf } from './error-map.js';
import { ON_DEMAND } from './mapping.js';
import { INSTALLATION_TAG } from './tags.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const VERIFY_LIMIT_MS = 20_000;
/** Has the form of an id, and is nobody's. */
const NOBODY = '00000000';
const NO_RECORD = 1;
const DISK_TO_PRICE = { DiskChargeType: ON_DEMAND, DiskType: 'CLOUD_PREMIUM', DiskSize: 50 };

type Permission = AccountReport['permissions'][number];
type Probe = Readonly<{ action: string; neededFor: string; attempt: (at: TencentScope) => Promise<unknown> }>;

/**
 * Every probe is a call that changes nothing: a reading one, a dry run, or one for a thing that is not there, which the
 * cloud refuses only after it judged the permission.
 */
export async function verifyAccount(
  account: TencentAccount,
  api: TencentApi,
  at: Instant,
): Promise<AccountReport> {
  const region = account.regions[0] ?? '';
  const scope: TencentScope = { region, deadline: addMs(at, VERIFY_LIMIT_MS) };
  const { Arn, AccountId } = await api.call('sts', 'GetCallerIdentity', scope, undefined);
  const permissions: Permission[] = [];
  for (const probe of await probesOf(account, api, scope))
    permissions.push(await tryPermission(probe, scope));
  for (const [name, route] of Object.entries(account.routes)) {
    const where = { ...scope, region: route.kind === 'name' ? region : route.region };
    permissions.push(await tryPermission(routeProbe(name, route, api), where));
  }
  const clockSkewMs = await api.clockSkewMs(scope);
  return {
    identity: Arn || AccountId || '',
    regions: await openRegions(account, api, scope),
    permissions,
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
    product: `Tencent Cloud API 3.0 (CVM 2017-03-12, CLB 2018-03-17) at ${endpointOf(account, 'cvm')}`,
  };
}

async function probesOf(
  account: TencentAccount,
  api: TencentApi,
  at: TencentScope,
): Promise<readonly Probe[]> {
  const reads: Probe[] = [
    {
      action: 'cvm:DescribeInstances',
      neededFor: 'the inventory, and finding what a lost answer created',
      attempt: (scope) => api.call('cvm', 'DescribeInstances', scope, { Limit: 1 }),
    },
    {
      action: 'cvm:DescribeZoneInstanceConfigInfos',
      neededFor: 'the sizes that can be bought, their prices and stock',
      attempt: (scope) =>
        api.call('cvm', 'DescribeZoneInstanceConfigInfos', scope, {
          Filters: [{ Name: 'instance-charge-type', Values: [ON_DEMAND] }],
        }),
    },
    {
      action: 'cbs:InquiryPriceCreateDisks',
      neededFor: 'the price of the disk that every machine has',
      attempt: (scope) => api.call('cbs', 'InquiryPriceCreateDisks', scope, DISK_TO_PRICE),
    },
    {
      action: 'cvm:DescribeAccountQuota',
      neededFor: 'what may still be bought',
      attempt: (scope) => api.call('cvm', 'DescribeAccountQuota', scope, {}),
    },
    {
      action: 'cvm:DescribeImages',
      neededFor: 'proof that the image is there',
      attempt: (scope) => api.call('cvm', 'DescribeImages', scope, { Limit: 1 }),
    },
    {
      action: 'vpc:DescribeSubnets',
      neededFor: 'free addresses before a launch',
      attempt: (scope) => api.call('vpc', 'DescribeSubnets', scope, { Limit: '1' }),
    },
    {
      action: 'cbs:DescribeDisks',
      neededFor: 'proof that no disk is left over',
      attempt: (scope) => api.call('cbs', 'DescribeDisks', scope, { Limit: 1 }),
    },
    {
      action: 'vpc:DescribeAddresses',
      neededFor: 'proof that no address is left over',
      attempt: (scope) => api.call('vpc', 'DescribeAddresses', scope, { Limit: 1 }),
    },
    {
      action: 'vpc:DescribeNetworkInterfaces',
      neededFor: 'proof that no interface is left over',
      attempt: (scope) => api.call('vpc', 'DescribeNetworkInterfaces', scope, { Limit: 1 }),
    },
  ];
  return [...reads, ...(await launchProbe(account, api, at)), ...endingProbes(api)];
}

/** Needs an image and a size that exist: without them the launch permission cannot be tried, and is left out. */
async function launchProbe(account: TencentAccount, api: TencentApi, at: TencentScope): Promise<Probe[]> {
  const order = await dryOrder(account, api, at).catch((thrown: unknown) => {
    // Who may not look at images or sizes is told so by the probes of those very rights.
    if (asSpringtideError(thrown).code === 'permission-denied') return undefined;
    throw thrown;
  });
  if (order === undefined) return [];
  return [
    {
      action: 'cvm:RunInstances',
      neededFor: 'buying machines',
      attempt: (scope) =>
        api.call('cvm', 'RunInstances', scope, {
          ...order,
          DryRun: true,
          InstanceCount: 1,
          TagSpecification: [
            { ResourceType: 'instance', Tags: [{ Key: INSTALLATION_TAG, Value: 'verify' }] },
          ],
        }),
    },
  ];
}

async function dryOrder(account: TencentAccount, api: TencentApi, at: TencentScope) {
  const { ImageSet = [] } = await api.call('cvm', 'DescribeImages', at, {
    Limit: 1,
    Filters: [{ Name: 'image-type', Values: [...account.imageTypes] }],
  });
  const { InstanceTypeQuotaSet = [] } = await api.call('cvm', 'DescribeZoneInstanceConfigInfos', at, {
    Filters: [
      { Name: 'instance-charge-type', Values: [ON_DEMAND] },
      ...(account.machineTypes === undefined
        ? []
        : [{ Name: 'instance-type', Values: [...account.machineTypes] }]),
    ],
  });
  const size = InstanceTypeQuotaSet.find(({ Status }) => Status === 'SELL');
  const image = ImageSet[0]?.ImageId;
  if (!image || !size?.InstanceType || !size.Zone) return undefined;
  return {
    InstanceChargeType: ON_DEMAND,
    Placement: { Zone: size.Zone },
    InstanceType: size.InstanceType,
    ImageId: image,
  };
}

function endingProbes(api: TencentApi): readonly Probe[] {
  return [
    {
      action: 'cvm:TerminateInstances',
      neededFor: 'giving machines back',
      attempt: (scope) => api.call('cvm', 'TerminateInstances', scope, { InstanceIds: [`ins-${NOBODY}`] }),
    },
    {
      action: 'cbs:TerminateDisks',
      neededFor: 'deleting disks that outlive their machine',
      attempt: (scope) => api.call('cbs', 'TerminateDisks', scope, { DiskIds: [`disk-${NOBODY}`] }),
    },
    {
      action: 'vpc:ReleaseAddresses',
      neededFor: 'releasing addresses that outlive their machine',
      attempt: (scope) => api.call('vpc', 'ReleaseAddresses', scope, { AddressIds: [`eip-${NOBODY}`] }),
    },
    {
      action: 'vpc:DeleteNetworkInterface',
      neededFor: 'deleting interfaces that outlive their machine',
      attempt: (scope) =>
        api.call('vpc', 'DeleteNetworkInterface', scope, { NetworkInterfaceId: `eni-${NOBODY}` }),
    },
  ];
}

/** A change for a target that is nobody's shows whether the route can be moved; the route itself is read first. */
function routeProbe(name: string, route: TencentAccount['routes'][string], api: TencentApi): Probe {
  const neededFor = `route ${name}`;
  if (route.kind === 'load-balancer') {
    return {
      action: 'clb:BatchModifyTargetWeight',
      neededFor,
      attempt: async (scope) => {
        await api.call('clb', 'DescribeTargets', scope, {
          LoadBalancerId: route.loadBalancer,
          ListenerIds: [route.listener],
        });
        await api.call('clb', 'BatchModifyTargetWeight', scope, {
          LoadBalancerId: `lb-${NOBODY}`,
          ModifyList: [{ ListenerId: `lbl-${NOBODY}`, Targets: [{ InstanceId: `ins-${NOBODY}`, Port: 1 }] }],
        });
      },
    };
  }
  return {
    action: 'dnspod:ModifyRecord',
    neededFor,
    attempt: async (scope) => {
      await api.call('dnspod', 'DescribeRecordList', scope, {
        Domain: route.domain,
        ErrorOnEmpty: 'no',
        Limit: 1,
      });
      await api.call('dnspod', 'ModifyRecord', scope, {
        Domain: route.domain,
        SubDomain: route.subDomain,
        RecordType: route.recordType,
        RecordLine: route.line,
        Value: route.recordType === 'A' ? '192.0.2.1' : '2001:db8::1',
        RecordId: NO_RECORD,
      });
    },
  };
}

async function tryPermission(probe: Probe, at: TencentScope): Promise<Permission> {
  const { action, neededFor } = probe;
  try {
    await probe.attempt(at);
    return { action, neededFor, granted: true };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    if (thrown.code === 'permission-denied') return { action, neededFor, granted: false };
    // Judged and let through: there is only nothing of that name, or nothing to buy just now.
    if (tencentCodeOf(thrown) !== '' && thrown.effect === 'none' && !isOfTheAccount(thrown)) {
      return { action, neededFor, granted: true };
    }
    throw thrown;
  }
}

function isOfTheAccount({ code }: SpringtideError): boolean {
  return ['unauthenticated', 'rate-limited', 'unavailable', 'timeout', 'unknown'].includes(code);
}

/** Without the right to ask, what the account was registered for is all that is known. */
async function openRegions(
  account: TencentAccount,
  api: TencentApi,
  at: TencentScope,
): Promise<readonly string[]> {
  try {
    const { RegionSet = [] } = await api.call('cvm', 'DescribeRegions', at, undefined);
    const open = new Set(
      RegionSet.filter(({ RegionState }) => (RegionState ?? 'AVAILABLE') === 'AVAILABLE').map(
        ({ Region }) => Region,
      ),
    );
    return account.regions.filter((region) => open.has(region));
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'permission-denied') return account.regions;
    throw thrown;
  }
}

import { SpringtideError, addMs, decimal, money, type Instant, type Money } from '@springtide/kernel';
import type { AccountReport, ProviderContext } from '@springtide/provider-kit';
import { z } from 'zod';
import { endpointOf, type AlibabaAccount } from './account.js';
import type { AlibabaApi, Scope } from './api.js';
import { vendorCodeOf } from './error-map.js';
import type { Parameters } from './parameters.js';
import { API_VERSIONS, type Product } from './products.js';
import { INSTALLATION_TAG } from './tags.js';
import { nothing, text } from './wire.js';

const VERIFY_LIMIT_MS = 20_000;
const NO_MACHINE = 'i-00000000000000000000';
const NO_DISK = 'd-00000000000000000000';

type Permission = AccountReport['permissions'][number];
type Probe = Readonly<{
  /** As a RAM policy spells it. */
  permission: string;
  neededFor: string;
  product: Product;
  action: string;
  parameters: Parameters;
  changes?: boolean;
  /** Where it is asked, when that is not the account's first region. */
  region?: string;
}>;

const identityAnswer = z.object({ Arn: text, AccountId: text });
const regionsAnswer = z.object({
  Regions: z.object({ Region: z.array(z.object({ RegionId: z.string() })) }),
});
const balanceAnswer = z.object({
  Data: z.object({ AvailableAmount: z.string(), Currency: z.string() }),
});
const imageIdsAnswer = z.object({
  Images: z.object({ Image: z.array(z.object({ ImageId: z.string() })) }),
});

/** Changing actions are tried as dry runs or on what does not exist: the cloud judges the permission and does nothing. */
export async function verifyAccount(
  account: AlibabaAccount,
  api: AlibabaApi,
  at: Instant,
  log: ProviderContext['log'],
): Promise<AccountReport> {
  const region = account.regions[0] ?? '';
  const scope: Scope = { region, deadline: addMs(at, VERIFY_LIMIT_MS) };
  const identity = await api.read(scope, {
    product: 'sts',
    action: 'GetCallerIdentity',
    parameters: {},
    answer: identityAnswer,
  });
  const probes = [
    ...readProbes(region),
    ...(await changeProbes(account, api, scope)),
    ...routeProbes(account),
  ];
  const permissions: Permission[] = [];
  for (const probe of probes) permissions.push(await tryPermission(api, probe, scope));
  const { permission, balance } = await checkBalance(account, api, scope, log);
  permissions.push(permission);
  return {
    identity: identity.Arn ?? identity.AccountId ?? '',
    regions: await knownRegions(account, api, scope),
    permissions,
    ...(balance === undefined ? {} : { balance }),
    ...(api.clockSkewMs === undefined ? {} : { clockSkewMs: api.clockSkewMs }),
    product: `Alibaba Cloud ECS API ${API_VERSIONS.ecs} at ${endpointOf(account, 'ecs', region)}`,
  };
}

function readProbes(RegionId: string): readonly Probe[] {
  const ecs = (action: string, neededFor: string, parameters: Parameters = {}): Probe => ({
    permission: `ecs:${action}`,
    neededFor,
    product: 'ecs',
    action,
    parameters: { RegionId, ...parameters },
  });
  const page = { MaxResults: 10 };
  return [
    ecs('DescribeInstances', 'the inventory, and finding what a lost answer created', page),
    { ...ecs('DescribeInstanceTypes', 'the sizes that can be bought'), parameters: page },
    ecs('DescribeAvailableResource', 'the stock of every zone', { DestinationResource: 'Zone' }),
    ecs('DescribeAccountAttributes', 'the vCPU that may be bought', {
      AttributeName: ['max-postpaid-instance-vcpu-count'],
    }),
    ecs('DescribeDisks', 'proof that no disk is left over', page),
    ecs('DescribeNetworkInterfaces', 'proof that no interface is left over', page),
    ecs('ListTagResources', 'finding more than a thousand machines of one campaign', {
      ResourceType: 'instance',
      Tag: [{ Key: INSTALLATION_TAG, Value: 'verify' }],
    }),
    {
      permission: 'vpc:DescribeVSwitches',
      neededFor: 'free addresses before a launch',
      product: 'vpc',
      action: 'DescribeVSwitches',
      parameters: { RegionId, PageSize: 10 },
    },
    {
      permission: 'vpc:DescribeEipAddresses',
      neededFor: 'proof that no address is left over',
      product: 'vpc',
      action: 'DescribeEipAddresses',
      parameters: { RegionId, PageSize: 10 },
    },
  ];
}

async function changeProbes(account: AlibabaAccount, api: AlibabaApi, at: Scope): Promise<readonly Probe[]> {
  const { region: RegionId } = at;
  return [
    ...(await launchProbe(account, api, at)),
    {
      permission: 'ecs:DeleteInstances',
      neededFor: 'giving machines back',
      product: 'ecs',
      action: 'DeleteInstances',
      parameters: { RegionId, InstanceId: [NO_MACHINE], Force: true },
      changes: true,
    },
    {
      permission: 'ecs:DeleteDisk',
      neededFor: 'deleting disks that outlive their machine',
      product: 'ecs',
      action: 'DeleteDisk',
      parameters: { DiskId: NO_DISK },
      changes: true,
    },
  ];
}

/** A dry run of a change that changes nothing; where the product knows no dry run, a look. */
function routeProbes({ routes }: AlibabaAccount): readonly Probe[] {
  return Object.entries(routes).map(([name, route]): Probe => {
    const neededFor = `route ${name}`;
    if (route.kind === 'alb') {
      const parameters = { RuleId: route.ruleId, DryRun: true };
      const action = 'UpdateRuleAttribute';
      return {
        permission: `alb:${action}`,
        neededFor,
        product: 'alb',
        action,
        parameters,
        changes: true,
        region: route.region,
      };
    }
    if (route.kind === 'slb') {
      const parameters = { RegionId: route.region, VServerGroupId: route.serverGroupId };
      const action = 'DescribeVServerGroupAttribute';
      return {
        permission: `slb:${action}`,
        neededFor,
        product: 'slb',
        action,
        parameters,
        region: route.region,
      };
    }
    const SubDomain = route.record === '@' ? route.domain : `${route.record}.${route.domain}`;
    const action = 'DescribeSubDomainRecords';
    const parameters = { DomainName: route.domain, SubDomain, Type: route.type };
    return { permission: `alidns:${action}`, neededFor, product: 'alidns', action, parameters };
  });
}

/** Needs an image that exists: without one the launch permission cannot be tried, and is left out. */
async function launchProbe(account: AlibabaAccount, api: AlibabaApi, at: Scope): Promise<Probe[]> {
  const answer = await api
    .read(at, {
      product: 'ecs',
      action: 'DescribeImages',
      parameters: { RegionId: at.region, ImageOwnerAlias: account.imageOwners[0], PageSize: 1 },
      answer: imageIdsAnswer,
    })
    .catch((thrown: unknown) => {
      if (thrown instanceof SpringtideError && thrown.code === 'permission-denied') return undefined;
      throw thrown;
    });
  const image = answer?.Images.Image[0]?.ImageId;
  if (image === undefined) return [];
  const [place] = Object.entries(account.subnets);
  return [
    {
      permission: 'ecs:RunInstances',
      neededFor: 'buying machines',
      product: 'ecs',
      action: 'RunInstances',
      parameters: {
        RegionId: at.region,
        ...(place === undefined ? {} : { ZoneId: place[0], VSwitchId: place[1] }),
        ImageId: image,
        InstanceType: account.machineTypes[0],
        SecurityGroupIds: account.securityGroups,
        Amount: 1,
        DryRun: true,
        Tag: [{ Key: INSTALLATION_TAG, Value: 'verify' }],
      },
      changes: true,
    },
  ];
}

/** Any refusal but that of the right itself comes from behind the gate of permissions. */
async function tryPermission(api: AlibabaApi, probe: Probe, at: Scope): Promise<Permission> {
  const { permission: action, neededFor, product, parameters, changes, region = at.region } = probe;
  const where = { ...at, region };
  const call = { product, action: probe.action, parameters, answer: nothing };
  try {
    await (changes === true ? api.mutate(where, call) : api.read(where, call));
    return { action, neededFor, granted: true };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    if (thrown.code === 'permission-denied') return { action, neededFor, granted: false };
    if (vendorCodeOf(thrown) === 'DryRunOperation' || isJudgedAfterPermission(thrown)) {
      return { action, neededFor, granted: true };
    }
    throw thrown;
  }
}

function isJudgedAfterPermission({ code, effect }: SpringtideError): boolean {
  return (
    effect === 'none' &&
    [
      'not-found',
      'invalid-argument',
      'failed-precondition',
      'insufficient-capacity',
      'quota-exceeded',
      'subnet-exhausted',
      'balance',
    ].includes(code)
  );
}

/** A balance that runs out in the middle of a peak ends every purchase; it is warned of when the account is looked at. */
async function checkBalance(
  account: AlibabaAccount,
  api: AlibabaApi,
  at: Scope,
  log: ProviderContext['log'],
): Promise<Readonly<{ permission: Permission; balance?: Money }>> {
  const permission = {
    action: 'bssapi:QueryAccountBalance',
    neededFor: 'a warning before the balance runs out',
  };
  try {
    const { Data } = await api.read(at, {
      product: 'bssopenapi',
      action: 'QueryAccountBalance',
      parameters: {},
      answer: balanceAnswer,
    });
    const left = money(Data.Currency, Data.AvailableAmount.replaceAll(',', ''));
    if (decimal(left.amount).lessThan(account.balanceWarning)) {
      log.warn(
        { balance: left.amount, currency: left.currency },
        `the Alibaba Cloud account has ${left.amount} ${left.currency} left, less than its warning line of ${account.balanceWarning}: recharge it before the next campaign`,
      );
    }
    return { permission: { ...permission, granted: true }, balance: left };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    if (thrown.code === 'permission-denied') return { permission: { ...permission, granted: false } };
    // A private deployment has no billing of its own.
    if (thrown.code === 'unsupported') return { permission: { ...permission, granted: true } };
    throw thrown;
  }
}

/** Without the right to ask, what the account was registered for is all that is known. */
async function knownRegions(account: AlibabaAccount, api: AlibabaApi, at: Scope): Promise<readonly string[]> {
  try {
    const { Regions } = await api.read(at, {
      product: 'ecs',
      action: 'DescribeRegions',
      parameters: {},
      answer: regionsAnswer,
    });
    const known = new Set(Regions.Region.map(({ RegionId }) => RegionId));
    return account.regions.filter((region) => known.has(region));
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'permission-denied') return account.regions;
    throw thrown;
  }
}

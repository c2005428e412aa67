import type { PlanPool } from '@springtide/contracts';
import type { PlanContent, RehearsalQuestion, RehearsedAccount } from '@springtide/campaigns/domain';
import { SpringtideError, type Clock } from '@springtide/kernel';
import type { ComputeFacet, ProviderManifest } from '@springtide/provider-kit';
import { seededRandom, type TwinAccount } from '@springtide/twin';
import {
  closeSimulatedCloud,
  manifest,
  openSimulatedCloud,
  type CloudPlanInput,
  type SimulatedCloud,
} from '../../../../providers/simulated/index.js';

/** The twin of an account's cloud: the offerings that the plan may use, and the cloud's own limits. */
export type RehearsedCloud = Readonly<{
  accountId: string;
  cloud: SimulatedCloud;
  account: TwinAccount;
  /** `away`: it answers no call; its machines run on. */
  control: Control;
  close(): void;
}>;

type Control = { away: boolean; readonly createDelay: () => Promise<void> };

/** There is one image, and it is there: whether the real one is, the readiness gate says. */
export const IMAGE = 'rehearsed-image';
const SIMULATED_BATCH = 100;
/** What the network of a twin takes on average, there and back. */
const NETWORK_MS = 120;

/** The plan as the twins of its clouds know it: simulated clouds have stricter names. */
export function planForTwins(plan: PlanContent): PlanContent {
  return {
    ...plan,
    pools: plan.pools.map((pool) => ({
      ...pool,
      provider: 'simulated',
      region: tame(pool.region),
      zone: tame(pool.zone),
      machineType: tame(pool.machineType),
    })),
    sheets: plan.sheets.map((sheet) => ({
      ...sheet,
      image: IMAGE,
      subnet: null,
      securityGroups: [],
      userData: null,
      launchBatch: Math.min(sheet.launchBatch, SIMULATED_BATCH),
    })),
  };
}

/** @param plan as `planForTwins` gives it. */
export function openRehearsedClouds(
  { accounts, storm, seed }: RehearsalQuestion,
  plan: PlanContent,
  clock: Clock,
): readonly RehearsedCloud[] {
  return accounts.flatMap((account) => {
    const pools = plan.pools.filter((pool) => pool.accountId === account.id);
    if (pools.length === 0) return [];
    const name = `rehearsal-${seed}-${account.id}`;
    const slower = storm === 'slow-boots' ? 3 : 1;
    const cloud = openSimulatedCloud(name, cloudPlan(plan, pools, { account, slower, name }), clock);
    const control = { away: false, createDelay: createDelay(account, clock) };
    const close = () => {
      closeSimulatedCloud(name);
    };
    return [{ accountId: account.id, cloud, control, account: twinOf(account, name, cloud, control), close }];
  });
}

function twinOf(
  account: RehearsedAccount,
  name: string,
  cloud: SimulatedCloud,
  control: Control,
): TwinAccount {
  const real = mayBeAway(manifest, control);
  const launchBatch = Math.min(account.launchBatch, SIMULATED_BATCH);
  return {
    id: account.id,
    manifest: {
      ...real,
      limits: { ...real.limits, launchBatch, bootMs: account.bootMs },
      rates: account.rates,
    },
    settings: { cloud: name, kind: 'public-cloud' },
    secret: cloud.plan.credentials,
  };
}

/** What a create call takes longer than any other, as it was measured. */
function createDelay({ id, times }: RehearsedAccount, clock: Clock): () => Promise<void> {
  const { timesMs, evidence } = times.createCall;
  const random = seededRandom(`create-calls/${id}`);
  return async () => {
    if (evidence.basis === 'measured') await clock.sleep(Math.max(0, random.pick(timesMs) - NETWORK_MS));
  };
}

/** The same provider, whose cloud thinks for a while before it makes machines, and can stop to answer. */
function mayBeAway(real: ProviderManifest, control: Control): ProviderManifest {
  const check = () => {
    if (!control.away) return;
    throw new SpringtideError('unavailable', 'the cloud answers no call', {
      effect: 'none',
      retryAfterMs: 5_000,
    });
  };
  const guarded = (compute: ComputeFacet): ComputeFacet =>
    new Proxy(compute, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        const answer = (args: unknown[]) => Reflect.apply(method, target, args) as unknown;
        if (name === 'launch') {
          return async (...args: unknown[]) => {
            check();
            await control.createDelay();
            return await answer(args);
          };
        }
        return (...args: unknown[]) => {
          check();
          return answer(args);
        };
      },
    });
  return {
    ...real,
    connect: async (account, context) => {
      const session = await real.connect(account, context);
      const { compute } = session;
      const rest = { verify: session.verify.bind(session), close: session.close.bind(session) };
      return compute === undefined ? session : { ...rest, compute: guarded(compute) };
    },
  };
}

function cloudPlan(
  plan: PlanContent,
  pools: readonly PlanPool[],
  { account, slower, name }: Readonly<{ account: RehearsedAccount; slower: number; name: string }>,
): CloudPlanInput {
  const { boot } = account.times;
  const regions = [...Map.groupBy(pools, (pool) => pool.region)];
  return {
    seed: name,
    kind: 'public-cloud',
    product: 'Twin of a cloud',
    currency: plan.cost.currency,
    credentials: { accessKey: 'rehearsal', secretKey: 'rehearsal-secret' },
    regions: regions.map(([id, own]) => ({
      id,
      zones: [...new Set(own.map((pool) => pool.zone))].map((zone) => ({ id: zone })),
      networks: [{ id: `net-${id}`.slice(0, 40), cidr: '127.30.0.0/16', addresses: 60_000 }],
      quotas: [],
    })),
    machineTypes: [...Map.groupBy(pools, (pool) => pool.machineType)].map(([type, own]) => ({
      name: type,
      family: type,
      vcpu: 1,
      memoryMiB: 1_024,
      minimumBillingSeconds: billingOf(plan, own),
      offers: [...Map.groupBy(own, (pool) => pool.purchaseOption)].map(([option, offered]) => ({
        option,
        pricePerHour: offered[0]?.pricePerHour.amount ?? null,
        stockPerZone: offered.reduce((sum, pool) => sum + pool.cap, 0),
      })),
    })),
    images: [{ id: IMAGE, name: IMAGE }],
    behaviour: {
      bootMs: account.bootMs * slower,
      ...(boot.evidence.basis === 'measured' ? { bootTimesMs: boot.timesMs.map((ms) => ms * slower) } : {}),
      rates: account.rates,
    },
  };
}

function billingOf(plan: PlanContent, pools: readonly PlanPool[]): number {
  const ids = new Set(pools.map((pool) => pool.id));
  return plan.sheets.find((sheet) => ids.has(sheet.poolId))?.minimumBillingSeconds ?? 0;
}

function tame(name: string): string {
  return name
    .replaceAll(/[^a-z0-9.-]/gi, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 40);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { effectsSchema } from '@springtide/effects';
import { SpringtideError } from '@springtide/kernel';
import {
  Database,
  Roles1760000000000,
  limiterSchema,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '@springtide/platform';
import { apiTime, type ProviderRates, type RateBudget } from '@springtide/provider-kit';
import { printLine } from './bench-line.js';
import { callsOf, launchBare, launchThroughLedger, type LaunchSize } from './launch/launch-runs.js';
import type { LaunchCalls, LaunchYard } from './launch/launch-yard.js';

type OpenYard = (folder: string) => Promise<LaunchYard | string>;
type Case = Readonly<{ name: string; size: LaunchSize; share: number }>;

/** Calls that may be refused, as a share of those that are needed. */
const REFUSALS_ALLOWED = 0.3;
const ROUNDS = 3;

/** Loaded when it is its turn. */
const YARDS: Readonly<Record<string, OpenYard>> = {
  alibaba: async () => (await import('./launch/public-yards.js')).alibabaYard(),
  tencent: async (folder) => (await import('./launch/public-yards.js')).tencentYard(folder),
  aws: async () => (await import('./launch/public-yards.js')).awsYard(),
  vsphere: async () => (await import('./launch/private-yards.js')).vsphereYard(),
  openstack: async () => (await import('./launch/private-yards.js')).openstackYard(),
};

/**
 * How long machines take to be accepted through ledger, PostgreSQL and limiter, against what the cloud's own limits or
 * the cloud's own work would take at least, whichever is longer; and how many calls that needed. In calls so small that
 * the limits decide (`launch.<provider>`), in calls of full size (`.full-calls`), and with half of the account's budget
 * taken by somebody else, of which nobody tells us (`.shared`).
 */
export async function launchBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      provider: { type: 'string', default: Object.keys(YARDS).join(',') },
      machines: { type: 'string' },
      'call-ms': { type: 'string', default: '150' },
    },
    // Options of other benches in the same command are theirs.
    strict: false,
  });
  const folder = await mkdtemp(join(tmpdir(), 'springtide-launch-bench-'));
  const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), durable: true });
  try {
    const parts = [{ entities: [], migrations: [Roles1760000000000] }, effectsSchema, limiterSchema];
    await migrate(server.url, parts);
    const database = await Database.connect({ app: server.url, system: server.url }, parts);
    try {
      for (const provider of String(values.provider).split(',')) {
        const yard = await openYard(provider, folder);
        if (typeof yard === 'string') {
          process.stderr.write(`launch.${provider} was not measured: ${yard}\n`);
          continue;
        }
        const machines = Number(values.machines ?? yard.machines);
        await benchProvider(provider, database, { ...yard, machines }, Number(values['call-ms']));
      }
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
    await removeEmbeddedPostgres(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
}

async function openYard(provider: string, folder: string): Promise<LaunchYard | string> {
  const open = YARDS[provider];
  if (open !== undefined) return await open(folder);
  const known = Object.keys(YARDS).join(', ');
  throw new SpringtideError('invalid-argument', `no yard for "${provider}"; known: ${known}`);
}

async function benchProvider(
  provider: string,
  database: Database,
  yard: LaunchYard,
  callMs: number,
): Promise<void> {
  const { machines, batch, cloud } = yard;
  const { launchBatch } = cloud.manifest.limits;
  const name = `launch.${provider}`;
  const cases: Case[] = [{ name, size: { machines, batch }, share: 1 }];
  if (batch < launchBatch && yard.throttle !== undefined) {
    cases.push({ name: `${name}.full-calls`, size: { machines, batch: launchBatch }, share: 1 });
    cases.push({ name: `${name}.shared`, size: { machines, batch }, share: 0.5 });
  }
  try {
    await yard.reset(callMs);
    await yard.throttle?.(undefined);
    await launchBare(yard, { machines: batch, batch });
    for (const each of cases) await benchCase(database, yard, each, callMs);
  } finally {
    await cloud.stop();
  }
}

/**
 * Where no limit decides, turn by turn, so that whatever slows this computer down slows both, and the best of each, because
 * noise only adds.
 */
async function benchCase(database: Database, yard: LaunchYard, each: Case, callMs: number): Promise<void> {
  const limit = limitTime(yard, each);
  // Windows matter only where a limit does.
  const timed: LaunchYard = limit === 0 ? { ...yard, begin: async (ready) => ready() } : yard;
  const bare: number[] = [];
  const ours: number[] = [];
  let counted: LaunchCalls | undefined;
  for (let round = 0; round < (limit === 0 ? ROUNDS : 1); round += 1) {
    await yard.reset(callMs);
    await yard.throttle?.(undefined);
    bare.push(await launchBare(yard, each.size));
    await yard.reset(callMs);
    await yard.throttle?.(each.share);
    const before = await yard.launchCalls();
    ours.push(await launchThroughLedger(database, timed, each.size));
    counted = since(before, await yard.launchCalls());
  }
  printLine(each.name, Math.min(...ours), 's', Math.max(limit, Math.min(...bare)));
  if (counted === undefined) return;
  const calls = callsOf(each.size);
  const needed = yard.callPerMachine === true ? each.size.machines : calls;
  printLine(`${each.name}.calls`, counted.sent, 'calls', needed);
  if (yard.throttle === undefined) return;
  printLine(`${each.name}.throttled`, counted.refused, 'calls', calls * REFUSALS_ALLOWED);
}

function since(before: LaunchCalls | undefined, after: LaunchCalls | undefined): LaunchCalls | undefined {
  if (before === undefined || after === undefined) return undefined;
  return { sent: after.sent - before.sent, refused: after.refused - before.refused };
}

/** @returns the seconds that the limits alone take. */
function limitTime({ cloud, rates }: LaunchYard, { size, share }: Case): number {
  const [time] = apiTime([
    {
      account: 'bench',
      region: cloud.region,
      machines: size.machines,
      launchBatch: size.batch,
      rates: share === 1 ? rates : shareOf(rates, share),
    },
  ]);
  return (time?.ms ?? 0) / 1_000;
}

/** What is left of the budgets that count calls; the yards have no other. */
function shareOf(rates: ProviderRates, share: number): ProviderRates {
  const left = (budget: RateBudget): RateBudget => {
    if (budget.counts === 'machines') return budget;
    if ('window' in budget) return { ...budget, most: Math.floor(budget.most * share) };
    if (!('burst' in budget)) return budget;
    return { ...budget, burst: Math.floor(budget.burst * share), perSecond: budget.perSecond * share };
  };
  const budgets = Object.entries(rates.budgets ?? {}).map(([name, budget]) => [name, left(budget)] as const);
  return { ...rates, budgets: Object.fromEntries(budgets) };
}

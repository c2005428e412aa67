import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { RehearsalResult, englishOf, type PhaseName } from '@springtide/contracts';
import { HOUR, addMs, money } from '@springtide/kernel';
import { Database, migrate, removeEmbeddedPostgres, startEmbeddedPostgres } from '@springtide/platform';
import { schemaParts } from '@springtide/schema';
import type { RehearsalQuestion } from '@springtide/campaigns/domain';
import { LATEST_CLOSE_MS, findingsOf } from './rehearsal-findings.js';
import { RehearsalRecord } from './rehearsal-record.js';
import { RehearsalWorld } from './rehearsal-world.js';

const STORY = 300;

/** `main.js rehearse`: a question on stdin, its result on stdout. A process of its own: it thinks hard and then it is gone. */
export async function rehearse(): Promise<0> {
  const question = JSON.parse(await text(process.stdin)) as RehearsalQuestion;
  const folder = await mkdtemp(join(tmpdir(), 'springtide-rehearsal-'));
  const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), durable: false });
  try {
    const parts = schemaParts();
    await migrate(server.url, parts);
    const database = await Database.connect({ app: server.url, system: server.url }, parts);
    try {
      process.stdout.write(JSON.stringify(await rehearseOn(database, question)));
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
    await removeEmbeddedPostgres(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}

/** @param database migrated and empty; it is of no use afterwards. */
export async function rehearseOn(database: Database, question: RehearsalQuestion): Promise<RehearsalResult> {
  const began = performance.now();
  const world = new RehearsalWorld(question, database);
  const startMs = world.time.ms;
  try {
    const record = new RehearsalRecord(world);
    record.begin();
    const end = addMs(world.plan.phases.at(-1)?.endsAt ?? '', LATEST_CLOSE_MS);
    await world.live(end);
    const report = await world.report();
    const cost = costOf(report.cost);
    const phases = record.phases().map((phase) => {
      const ready = report.phases.find(({ name }) => name === phase.name)?.machinesReady ?? 0;
      return { ...phase, machinesReady: ready, ...plannedIn(question, phase.name) };
    });
    const leftover = world.clouds.reduce((sum, { cloud }) => sum + cloud.machines().length, 0);
    const findings = findingsOf({ state: report.state, phases, leftover, cost });
    return RehearsalResult.parse({
      passed: findings.length === 0,
      findings: findings.map((finding) => englishOf([finding])),
      findingSentences: findings,
      phases,
      machines: { ...report.machines, leftover },
      cost,
      timeToReadySeconds: report.timeToReadySeconds,
      story: storyOf(world, report.timeline),
      twins: question.accounts.map(({ id, name, times }) => ({
        accountId: id,
        accountName: name,
        boot: times.boot.evidence,
        createCall: times.createCall.evidence,
      })),
      replay: question.replay?.told ?? null,
      virtualHours: (world.time.ms - startMs) / HOUR,
      realSeconds: (performance.now() - began) / 1_000,
    });
  } finally {
    world.close();
  }
}

/** What the plan promised for a phase: so much demand, and of it the share that it has capacity for. */
function plannedIn({ campaign, plan }: RehearsalQuestion, phase: PhaseName) {
  const asked = campaign.demand.filter((row) => row.phase === phase);
  const plannedRps = asked.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const short = plan.capacity.filter((row) => row.phase === phase).reduce((sum, row) => sum + row.short, 0);
  return { plannedRps, plannedShare: plannedRps === 0 ? 1 : 1 - Math.min(1, short / plannedRps) };
}

function costOf(cost: Readonly<Record<'currency' | 'planned' | 'actual' | 'budget', string>>) {
  const { currency, planned, actual, budget } = cost;
  return {
    planned: money(currency, planned),
    actual: money(currency, actual),
    budget: money(currency, budget),
  };
}

type Told = RehearsalResult['story'][number];

function storyOf(world: RehearsalWorld, timeline: readonly Told[]): Told[] {
  const storm = world.told.map(({ at, sentence }) => ({
    at,
    level: 'problem' as const,
    detail: englishOf([sentence]),
    sentences: [sentence],
  }));
  const told = timeline.map(({ at, level, detail, sentences }) => ({ at, level, detail, sentences }));
  return [...told, ...storm].toSorted((a, b) => a.at.localeCompare(b.at)).slice(0, STORY);
}

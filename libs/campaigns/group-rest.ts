import { asTold, sentence, type ScalingRestBody } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import { lockRest, saveRest } from '@springtide/scaling';
import type { EntityManager } from 'typeorm';
import type { RouteHolder } from './domain/index.js';
import type { OpenRun } from './run-book.js';

type Group = Pick<OpenRun, 'run' | 'plan' | 'campaign'>;

/**
 * Writes down that a group rests from now on, with the end that was approved for it. One that gives way once more, because
 * another campaign comes even earlier, keeps what a person decided meanwhile.
 */
export async function keepRest(
  tx: EntityManager,
  { run, plan, campaign }: Group,
  { holders, now }: Readonly<{ holders: readonly RouteHolder[]; now: Instant }>,
): Promise<void> {
  const before = await lockRest(tx, run.id);
  const campaigns = holders.filter(({ follows }) => !follows);
  const ends = campaigns.flatMap(({ phases }) => phases.slice(-1).map(({ endsAt }) => endsAt));
  const phases = before?.phases ?? run.phases;
  const waitsFor = campaigns.map(({ name }) => name);
  const rest: ScalingRestBody = {
    ...{ campaignId: campaign.id, name: campaign.name, runId: run.id },
    since: before?.rest.since ?? now,
    reason: before?.rest.reason ?? 'leaving',
    waitsFor,
    expectedAt: ends.toSorted().at(-1) ?? null,
    until: phases.at(-1)?.endsAt ?? now,
    moneyLeft: null,
    ...(before === undefined ? leavingTold(waitsFor) : toldBefore(before.rest)),
  };
  await saveRest(tx, run.tenantId, { rest, services: plan.services.map(({ name }) => name), phases });
}

type Told = Pick<ScalingRestBody, 'text' | 'sentences'>;

function toldBefore({ text, sentences }: ScalingRestBody): Told {
  return sentences === undefined ? { text } : { text, sentences };
}

export function leavingTold(waitsFor: readonly string[]): Told {
  const campaigns = waitsFor.map((name) => `"${name}"`).join(', ');
  return asTold([sentence('rest.leaving', { campaigns })]);
}

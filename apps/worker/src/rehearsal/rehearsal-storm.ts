import { sentence, type PhaseName, type PlanPool, type Sentence } from '@springtide/contracts';
import type { PlanContent, RehearsalQuestion } from '@springtide/campaigns/domain';
import { MINUTE } from '@springtide/kernel';
import type { VirtualTime } from '@springtide/twin';
import type { RehearsedCloud } from './rehearsed-clouds.js';

type Scene = Readonly<{
  question: RehearsalQuestion;
  plan: PlanContent;
  time: VirtualTime;
  clouds: readonly RehearsedCloud[];
  tell: (told: Sentence) => void;
}>;

const AWAY_MS = 20 * MINUTE;

/** Brings what the storm is about, at its time. Slow boots and more demand are in the world from its beginning. */
export function raise({ question, plan, time, clouds, tell }: Scene): void {
  const peak = peakOf(plan);
  const prepared = Date.parse(peak.startsAt) - plan.leadMs;
  const at = (ms: number, work: () => void) => {
    time.background(async () => {
      await time.until(ms, 'storm');
      work();
    });
  };
  const target = busiest(plan, peak.name);
  const rehearsed = clouds.find(({ accountId }) => accountId === target?.accountId);
  if (target === undefined || rehearsed === undefined) return;
  const { cloud } = rehearsed;
  const { zone, machineType, accountName } = target;
  switch (question.storm) {
    case 'stock-out':
      at(prepared, () => {
        cloud.administer({ action: 'limit-room', zone, machineType, machines: 0 });
        tell(sentence('storm.stock-out', { machineType, zone, account: accountName }));
      });
      return;
    case 'zone-loss': {
      const length = Date.parse(peak.endsAt) - Date.parse(peak.startsAt);
      at(Date.parse(peak.startsAt) + length / 10, () => {
        const types = plan.pools.filter((pool) => pool.zone === zone && pool.accountId === target.accountId);
        for (const pool of types)
          cloud.administer({ action: 'limit-room', zone, machineType: pool.machineType, machines: 0 });
        const lost = cloud.machines().filter((machine) => machine.zone === zone);
        for (const { id } of lost) cloud.administer({ action: 'delete-outside', id });
        tell(sentence('storm.zone-loss', { zone, account: accountName, machines: lost.length }));
      });
      return;
    }
    case 'control-plane-down':
      at(prepared, () => {
        rehearsed.control.away = true;
        tell(sentence('storm.control-plane-down', { account: accountName }));
      });
      at(prepared + AWAY_MS, () => {
        rehearsed.control.away = false;
        tell(sentence('storm.control-plane-back', { account: accountName }));
      });
      return;
    case 'calm':
    case 'slow-boots':
    case 'demand-above-plan':
  }
}

/** The public pool with the most machines in a phase; where there is none, the largest of all. */
function busiest(plan: PlanContent, phase: PhaseName): PlanPool | undefined {
  const machines = (pool: PlanPool) =>
    plan.allocations
      .filter((row) => row.poolId === pool.id && row.phase === phase)
      .reduce((sum, row) => sum + row.machines, 0);
  const used = plan.pools.filter((pool) => machines(pool) > 0);
  const open = used.filter((pool) => pool.purchaseOption !== 'private');
  return (open.length > 0 ? open : used).toSorted((a, b) => machines(b) - machines(a))[0];
}

/** The phase called peak, or the one with the most machines. */
export function peakOf(plan: PlanContent): PlanContent['phases'][number] {
  const machines = (name: PhaseName) =>
    plan.allocations.filter((row) => row.phase === name).reduce((sum, row) => sum + row.machines, 0);
  const named = plan.phases.find(({ name }) => name === 'peak');
  const [first] = plan.phases.toSorted((a, b) => machines(b.name) - machines(a.name));
  const phase = named ?? first;
  if (phase === undefined) throw new Error('a plan has phases');
  return phase;
}

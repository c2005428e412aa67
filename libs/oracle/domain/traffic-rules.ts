import type { Case } from './case.js';
import type { Entrance } from './evidence.js';
import { finding, joined, type Finding, type Suspicion } from './judgement.js';

/** Products that share by members tell fractions. */
const ROUNDING = 1;

/** I7: as the product that carries the traffic applies it, and as the ledger ordered it. */
export function trafficStaysWhole(of: Case): Finding {
  const { entrances } = of;
  if (entrances === undefined)
    return joined(ordered(of), finding({ checked: 0, gaps: ['no entrance was read'] }));
  return joined(ordered(of), ...entrances.map((entrance) => applied(of, entrance)));
}

function ordered(of: Case): Finding {
  const orders = of.books.intents.flatMap((intent) => {
    const { shares } = intent.spec;
    if (intent.kind !== 'set' || typeof shares !== 'object' || shares === null) return [];
    return [{ intent, sum: Object.values(shares).reduce<number>((sum, share) => sum + Number(share), 0) }];
  });
  return finding({
    checked: orders.length,
    violations: orders
      .filter(({ sum }) => sum !== 100)
      .map(({ intent, sum }) => ({
        invariant: 'I7',
        happened: `shares that sum to ${sum} were ordered by intent ${intent.id} (${intent.step})`,
        means: 'part of the traffic has no place to go, or more than there is was promised',
        next: 'look what carries the traffic now (springtide route get); if it is wrong, abort the run: its traffic goes home',
        evidence: [intent.id, intent.runId],
      })),
  });
}

function applied(of: Case, entrance: Entrance): Finding {
  const name = `entrance "${entrance.route}" of account ${entrance.accountId}`;
  if (entrance.unreadable !== null) {
    return finding({ checked: 0, gaps: [`${name} could not be read (${entrance.unreadable})`] });
  }
  const sum = entrance.groups.reduce((total, { weight }) => total + weight, 0);
  const anyHealthy = entrance.groups.some(({ healthy }) => healthy > 0);
  // With nothing healthy anywhere the last good shares stay: that is the promise, not its breach.
  const dead = anyHealthy ? entrance.groups.filter(({ weight, healthy }) => weight > 0 && healthy === 0) : [];
  const wrong = [
    ...(isEmptied(of, entrance) ? ['has no member in any group, although a run has ordered its shares'] : []),
    ...(Math.abs(sum - 100) <= ROUNDING || !anyHealthy ? [] : [`has shares that sum to ${sum}`]),
    ...dead.map(({ name: group, weight }) => `sends ${weight} % to "${group}", where nothing is healthy`),
  ];
  return finding({ checked: 1, suspicions: wrong.map((what) => misled(of, entrance, name, what)) });
}

/** A product that has forgotten what it was told; one that was never told anything has nothing to forget. */
function isEmptied(of: Case, { tenantId, accountId, route, groups }: Entrance): boolean {
  if (groups.some(({ members }) => members > 0)) return false;
  return of.books.intents.some(
    (intent) =>
      intent.kind === 'set' &&
      intent.tenantId === tenantId &&
      intent.accountId === accountId &&
      intent.spec['route'] === route &&
      intent.spec['shares'] !== undefined,
  );
}

/** Between a death and the guard's answer, or within a change that the product applies in steps, this is so for moments. */
function misled(of: Case, entrance: Entrance, name: string, what: string): Omit<Suspicion, 'since'> {
  return {
    key: `I7/${entrance.accountId}/${entrance.route}/${what.replaceAll(/\d+/g, 'n')}`,
    patienceMs: of.policy.reactMs,
    invariant: 'I7',
    happened: `${name} ${what}`,
    means: 'visitors get errors although healthy machines are there',
    next: 'abort the run that spreads it (springtide run abort): traffic goes home; then look why its guard did not',
    evidence: [entrance.route, entrance.accountId],
  };
}

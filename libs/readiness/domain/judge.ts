import type { ReadinessFacts } from './facts.js';
import { judgeAccount } from './judge-accounts.js';
import { judgePlaces, judgeReach, judgeSameness } from './judge-places.js';
import { judgeMarket, judgePrices } from './judge-pools.js';
import { judgeServices } from './judge-services.js';
import { lineOf, type Findings, type FoundLine, type NotNeeded } from './readiness.js';
import { say } from './sentences.js';
import type { ReadinessSubject } from './subject.js';

/** Holds what a plan needs against what was measured. The same facts give the same lines, in the same order. */
export function judgeReadiness(subject: ReadinessSubject, facts: ReadinessFacts): Findings {
  const { accounts, entrances, bursts, at } = facts;
  const lines = [
    ...accounts.flatMap((account) => [
      ...judgeAccount(subject, account, at),
      ...judgeMarket(subject, account),
      ...judgePlaces(subject, account),
    ]),
    ...judgeSameness(subject, accounts),
    judgePrices(subject, accounts),
    ...judgeReach(subject, accounts, bursts, at),
    ...judgeLinks(subject),
    ...judgeServices(subject, entrances, at),
  ];
  return { lines, notNeeded: notNeededOf(subject) };
}

/** Only where capacity stands in several sites can a link between them matter. */
function judgeLinks(subject: ReadinessSubject): readonly FoundLine[] {
  const sites = [...new Set(subject.pools.map((pool) => `${pool.accountName}/${pool.region}`))];
  if (sites.length === 0 || isAllPrivate(subject)) return [];
  const finding = say('link-undeclared', { sites: sites.join(', ') });
  const about = { check: 'link', id: 'sites', subject: sites.join(', '), by: 'nothing' } as const;
  return [lineOf(subject, { ...about, verdict: 'unknown', finding, action: say('try-from-there') })];
}

function notNeededOf(subject: ReadinessSubject): readonly NotNeeded[] {
  const machinesOnly: NotNeeded = { check: 'node-images', reason: say('no-kubernetes') };
  if (!isAllPrivate(subject)) return [machinesOnly];
  const reason = say('no-public-cloud');
  return [
    machinesOnly,
    { check: 'balance', reason },
    { check: 'reservation', reason },
    { check: 'link', reason },
  ];
}

function isAllPrivate(subject: ReadinessSubject): boolean {
  return subject.pools.every((pool) => pool.purchaseOption === 'private');
}

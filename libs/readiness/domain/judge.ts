import type { ReadinessFacts } from './facts.js';
import { judgeAccount } from './judge-accounts.js';
import { judgePlaces, judgeSameness } from './judge-places.js';
import { judgeReach } from './judge-reach.js';
import { isAllPrivate, judgeLinks } from './judge-links.js';
import { judgeMarket, judgePrices } from './judge-pools.js';
import { judgeServices } from './judge-services.js';
import type { Findings, NotNeeded } from './readiness.js';
import { say } from './sentences.js';
import type { ReadinessSubject } from './subject.js';

/** Holds what a plan needs against what was measured. The same facts give the same lines, in the same order. */
export function judgeReadiness(subject: ReadinessSubject, facts: ReadinessFacts): Findings {
  const { accounts, entrances, at } = facts;
  const lines = [
    ...accounts.flatMap((account) => [
      ...judgeAccount(subject, account, at),
      ...judgeMarket(subject, account),
      ...judgePlaces(subject, account),
    ]),
    ...judgeSameness(subject, accounts),
    judgePrices(subject, accounts),
    ...judgeReach(subject, facts),
    ...judgeLinks(subject, at),
    ...judgeServices(subject, entrances, at),
  ];
  return { lines, notNeeded: notNeededOf(subject) };
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

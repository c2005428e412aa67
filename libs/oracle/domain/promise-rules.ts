import type { Intent } from '@springtide/effects/domain';
import { addMs } from '@springtide/kernel';
import type { Case } from './case.js';
import type { RunRow } from './evidence.js';
import { machineKey } from './history.js';
import { few, finding, joined, type Finding, type Violation } from './judgement.js';

/** I9: what was answered with success is there, and what was commanded is on its way. */
export function acknowledgedWritesSurvive(of: Case): Finding {
  const { acknowledged, runs } = of.books;
  const gaps = acknowledged === undefined || runs === undefined ? ['no acknowledged write is at hand'] : [];
  const lost = (acknowledged ?? []).filter(({ found }) => !found);
  const violations = lost.map(({ what, id, at }): Violation => {
    return {
      invariant: 'I9',
      happened: `${what} ${id} was acknowledged at ${at} and is not in the database`,
      means:
        'somebody relies on a decision that the system does not know; what it bought is not in the books',
      next: 'the database lost commits: restore its latest backup and log, then let the reconciler compare with the clouds',
      evidence: [id],
    };
  });
  const forgotten = (runs ?? []).filter((run) => isForgotten(of, run));
  const suspicions = forgotten.map((run) => ({
    key: `I9/${run.id}`,
    since: run.startedAt,
    patienceMs: of.policy.startMs,
    invariant: 'I9' as const,
    happened: `run ${run.id} was armed at ${run.startedAt}, no message waits for it, and nothing has taken it up`,
    means: 'the campaign will not begin: no machine will be there at its peak',
    next: 'look whether worker and engine run; abort the run and arm the campaign again',
    evidence: [run.id, run.campaignId],
  }));
  return finding({
    checked: (acknowledged ?? []).length + (runs ?? []).length,
    violations,
    suspicions,
    gaps,
  });
}

function isForgotten(of: Case, run: RunRow): boolean {
  if (run.closedAt !== null || run.taken) return false;
  return !(of.books.outbox ?? []).some(({ workflowId }) => workflowId.endsWith(run.id));
}

/** I10: on the clouds' side by tokens, on ours by the identity of effects and by runs. */
export function oneEffectPerKey(of: Case): Finding {
  return joined(tokensOnce(of), placesOnce(of), runsOnce(of), ownersInOrder(of));
}

/** A new token is made only once the old one is proven to have done nothing: machines of two are one effect twice. */
function tokensOnce(of: Case): Finding {
  const seen = [...of.history.machines.values()].flatMap(({ accountId, machine }) => {
    const { marks, id } = machine;
    if (marks?.installation !== of.installation || marks.token === null) return [];
    if (of.intentById.get(marks.intent)?.accountId !== accountId) return [];
    return [{ intent: marks.intent, token: marks.token, key: machineKey(accountId, id) }];
  });
  const twice = [...Map.groupBy(seen, ({ intent }) => intent)].filter(
    ([, machines]) => new Set(machines.map(({ token }) => token)).size > 1,
  );
  const tooMany = [...Map.groupBy(seen, ({ token }) => token)].filter(([, machines]) => {
    const intent = of.intentById.get(machines[0]?.intent ?? '');
    return intent?.kind === 'create' && machines.length > intent.count;
  });
  return finding({
    checked: seen.length,
    violations: [
      ...twice.map(([intent, all]) =>
        repeated(`intent ${intent} was carried out under two tokens`, intent, all),
      ),
      ...tooMany.map(([token, all]) =>
        repeated(`token ${token} made ${all.length} machines, more than were asked for`, token, all),
      ),
    ],
  });
}

function repeated(happened: string, id: string, machines: readonly Readonly<{ key: string }>[]): Violation {
  const keys = machines.map(({ key }) => key).toSorted();
  return {
    invariant: 'I10',
    happened: `${happened}: ${few(keys)}`,
    means: 'machines were bought twice',
    next: 'stop the run (springtide run abort): scale-back ends what the ledger has, the reconciler what it has not',
    evidence: [id, ...keys],
  };
}

function placesOnce(of: Case): Finding {
  const placeOf = (i: Intent) => JSON.stringify([i.tenantId, i.runId, i.step, i.batch]);
  const doubled = [...Map.groupBy(of.books.intents, placeOf)].filter(([, rows]) => rows.length > 1);
  return finding({
    checked: of.books.intents.length,
    violations: doubled.map(([, rows]) => ({
      invariant: 'I10',
      happened: `effect ${rows[0]?.step}/${rows[0]?.batch} of run ${rows[0]?.runId} is in the ledger ${rows.length} times`,
      means: 'it may have been carried out as often',
      next: 'stop the run, and look whether the unique index of effect_intent is in place',
      evidence: rows.map(({ id }) => id),
    })),
  });
}

/** Fence numbers of a run only grow: whoever sends with a smaller one was replaced, and its work was done by another. */
function ownersInOrder(of: Case): Finding {
  const sent = of.books.intents.filter(({ sentAt }) => sentAt !== null);
  const violations = [...Map.groupBy(sent, ({ runId }) => runId)].flatMap(([runId, intents]) => {
    const late = intents.find((one) =>
      intents.some(
        (other) =>
          other.fence > one.fence && (other.sentAt ?? '') < addMs(one.sentAt ?? '', -of.policy.skewMs),
      ),
    );
    if (late === undefined) return [];
    return [
      {
        invariant: 'I10' as const,
        happened: `owner ${late.fence} of run ${runId} sent ${late.step}/${late.batch} at ${late.sentAt}, after a newer owner had begun`,
        means: 'two owners drive one run: what one buys or deletes, the other one may do again',
        next: 'look for a worker that was held up and woke (its log says “newer owner”), and restart it',
        evidence: [runId, late.id],
      },
    ];
  });
  return finding({ checked: sent.length, violations });
}

function runsOnce(of: Case): Finding {
  const open = (of.books.runs ?? []).filter(({ closedAt }) => closedAt === null);
  const doubled = [...Map.groupBy(open, ({ campaignId }) => campaignId)].filter(
    ([, runs]) => runs.length > 1,
  );
  return finding({
    checked: open.length,
    violations: doubled.map(([campaignId, runs]) => ({
      invariant: 'I10',
      happened: `campaign ${campaignId} has ${runs.length} open runs`,
      means: 'its capacity is bought more than once',
      next: 'abort all but one of them (springtide run abort)',
      evidence: [campaignId, ...runs.map(({ id }) => id)],
    })),
  });
}

/** Effects of the reconciler go back to no decision of a person. */
const SYSTEM_RUN = '00000000-0000-4000-8000-000000000001';

/** I11: a decision that was recorded as carried out, for each run, route, workload or cluster that has effects. */
export function effectsAreAudited(of: Case): Finding {
  const { audit } = of.books;
  if (audit === undefined) return finding({ checked: 0, gaps: ['the audit records were not read'] });
  const decided = new Set(audit.records.map(({ tenantId, targetId }) => `${tenantId}/${targetId}`));
  const subjects = Map.groupBy(
    of.books.intents.filter(({ runId }) => runId !== SYSTEM_RUN),
    ({ tenantId, runId }) => `${tenantId}/${runId}`,
  );
  const undecided = [...subjects].filter(([key]) => !decided.has(key));
  const violations = undecided.map(([, intents]): Violation => {
    const { runId, step } = intents[0] ?? { runId: '', step: '' };
    return {
      invariant: 'I11',
      happened: `${intents.length} effects of ${runId} (${step} …) go back to no decision in the audit`,
      means: 'clouds were changed, and nobody can say on whose word',
      next: 'keep an audit export (springtide audit export), and find out how these effects were written',
      evidence: [runId, ...intents.slice(0, 5).map(({ id }) => id)],
    };
  });
  return joined(
    finding({ checked: subjects.size, violations }),
    ...audit.chains.map((chain) => chainHolds(of, chain)),
  );
}

function chainHolds(of: Case, chain: NonNullable<Case['books']['audit']>['chains'][number]): Finding {
  const broken: readonly Violation[] =
    chain.broken === null
      ? []
      : [
          {
            invariant: 'I11',
            happened: `the audit chain of tenant ${chain.tenantId} does not hold: ${chain.broken}`,
            means: 'a record was changed, removed or put in after it was sealed',
            next: 'compare with the last export that was kept outside (springtide audit verify), and look who can write to the database',
            evidence: [chain.tenantId],
          },
        ];
  const due = addMs(of.books.readAt, -of.policy.sealMs);
  const waiting = chain.oldestUnsealedAt !== null && chain.oldestUnsealedAt < due;
  const unsealed = {
    key: `I11/seal/${chain.tenantId}`,
    patienceMs: of.policy.sealMs,
    invariant: 'I11' as const,
    happened: `audit records of tenant ${chain.tenantId} wait to be sealed since ${chain.oldestUnsealedAt}`,
    means: 'until they are sealed, a change to them would not be noticed',
    next: 'look whether a worker runs: its schedule audit-seal chains them once a minute',
    evidence: [chain.tenantId],
  };
  return finding({ checked: chain.records, violations: broken, suspicions: waiting ? [unsealed] : [] });
}

import { listingsOf, visibleBefore, whyUnlisted, type Case } from './case.js';
import type { CloudListing, Marks, RunRow } from './evidence.js';
import { machineKey } from './history.js';
import { few, finding, joined, type Finding } from './judgement.js';

/** I5: by the clouds' own listings; the ledger only says where to look. */
export function closedMeansBack(of: Case): Finding {
  const { runs } = of.books;
  if (runs === undefined) return finding({ checked: 0, gaps: ['the rows of the runs were not read'] });
  const closed = runs.filter(({ closedAt }) => closedAt !== null);
  return joined(...closed.map((run) => closedRun(of, run)), stillOpen(of, closed));
}

/** Seen from the ledger: after the close no purchase waits for an outcome, and none counts machines. */
function stillOpen(of: Case, closed: readonly RunRow[]): Finding {
  const ids = new Set(closed.map(({ id }) => id));
  const open = of.books.intents.filter(
    ({ kind, state, runId, items }) =>
      kind === 'create' &&
      state !== 'released' &&
      ids.has(runId) &&
      items.every((item) => item.abandoned === null),
  );
  return finding({
    checked: 0,
    suspicions: open.map(({ id, runId, step, batch, state }) => ({
      key: `I5/open/${id}`,
      patienceMs: of.policy.graceMs,
      invariant: 'I5' as const,
      happened: `run ${runId} is closed, and its purchase ${step}/${batch} is still ${state} in the ledger`,
      means:
        'nobody can say that its machines are gone, and the room that it holds in the budget is never given back',
      next: 'look at the cloud for machines of this intent, and whether a worker runs: its reconciler brings purchases to rest',
      evidence: [runId, id],
    })),
  });
}

function closedRun(of: Case, run: RunRow): Finding {
  const intents = of.books.intents.filter((intent) => intent.runId === run.id && intent.kind === 'create');
  const places = new Map(intents.map((intent) => [`${intent.accountId} ${intent.region}`, intent]));
  const gaps = [...places.values()].flatMap(({ accountId, region }) => {
    const gap = whyUnlisted(of, accountId, region);
    return gap === undefined
      ? withoutSatellites(of, accountId, region)
      : [`${gap}, where run ${run.id} bought`];
  });
  const own = new Set(intents.map((intent) => intent.id));
  const bought = new Set(
    intents.flatMap(({ accountId, items }) =>
      items.map(({ machineId }) => machineKey(accountId, machineId ?? '')),
    ),
  );
  const isOf = (marks: Marks | null) =>
    marks?.installation === of.installation &&
    (own.has(marks.intent) || (!of.intentById.has(marks.intent) && isOnlyRunOf(of, run, marks.campaign)));
  const after = of.listings.filter((listing) => (run.closedAt ?? '') < visibleBefore(of, listing));
  const machines = after.flatMap((listing) => leftMachines(listing, isOf));
  const satellites = after.flatMap(({ accountId, satellites: all = [] }) =>
    all
      .filter(({ marks, machineId }) => isOf(marks) || bought.has(machineKey(accountId, machineId ?? '')))
      .map(({ id }) => id),
  );
  const abandoned = new Set(
    intents.flatMap(({ items }) => items.flatMap((item) => (item.abandoned === null ? [] : item.machineId))),
  );
  const left = [...machines.filter((id) => !abandoned.has(id)), ...satellites];
  if (left.length === 0) return finding({ checked: 1, gaps });
  const violation = {
    invariant: 'I5' as const,
    happened: `run ${run.id} is closed since ${run.closedAt}, and the clouds still list ${left.length} machines and satellites of it: ${few(left)}`,
    means: 'they run and cost money, and no scale-back is under way any more',
    next: 'end them at the cloud by these ids, or let the reconciler do it after its grace period; correct the campaign’s cost afterwards',
    evidence: [run.id, run.campaignId, ...left],
  };
  return finding({ checked: 1, violations: [violation], gaps });
}

function leftMachines(listing: CloudListing, isOf: (marks: Marks | null) => boolean): readonly string[] {
  return listing.machines.filter(({ state, marks }) => state === 'alive' && isOf(marks)).map(({ id }) => id);
}

/**
 * A campaign may be run again, and probed beside its run: its mark alone then does not say which run left something. What
 * the ledger knows as another run's is that run's.
 */
function isOnlyRunOf(of: Case, run: RunRow, campaign: string | null): boolean {
  if (campaign !== run.campaignId) return false;
  return (of.books.runs ?? []).filter(({ campaignId }) => campaignId === campaign).length === 1;
}

function withoutSatellites(of: Case, accountId: string, region: string): readonly string[] {
  const asked = listingsOf(of, accountId, region).some(({ satellites }) => satellites !== undefined);
  return asked ? [] : [`satellites of account ${accountId}, ${region}, were not listed`];
}

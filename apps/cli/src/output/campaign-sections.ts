import {
  type ApprovalBody,
  type CampaignReport,
  type CostReport,
  type PlanBody,
  type ReportLanguage,
  type RunBody,
  type TimelineEntry,
} from '@springtide/contracts';
import { explanationText } from './explanation.js';
import {
  durationText,
  lateStartText,
  moneyText,
  numberText,
  percentText,
  priceText,
  timeText,
} from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';
import { toldText } from './told-text.js';
import { wayBackSections } from './way-back-sections.js';

export function planSections(plan: PlanBody, language: ReportLanguage): Section[] {
  const facts = factsOf([
    ['Plan', plan.id],
    ['Revision', plan.revision],
    ['Status', plan.status],
    ['Cost', moneyText(plan.cost)],
    ['Lower bound', plan.lowerBound === null ? null : moneyText(plan.lowerBound)],
    ['Gap', percentText(plan.gap)],
    ['Solver', plan.solver],
    ['Hash', plan.hash],
    ...(plan.failure === null ? [] : [['Failure', plan.failure] as const]),
  ]);
  if (plan.status === 'solving') return [facts];
  return [facts, allocationTable(plan), capacityTable(plan), explanationText(plan.reasons, language)];
}

/** One row per service and pool, one column per phase that the plan names. */
function allocationTable(plan: PlanBody): Section {
  const phases = [...new Set(plan.allocations.map((one) => one.phase))];
  const pools = new Map(plan.pools.map((pool) => [pool.id, pool]));
  const keys = [...new Set(plan.allocations.map((one) => `${one.service}\u0000${one.poolId}`))];
  const rows = keys.map((key) => {
    const [service = '', poolId = ''] = key.split('\u0000');
    return { service, poolId, pool: pools.get(poolId) };
  });
  const machines = (service: string, poolId: string, phase: string): number =>
    plan.allocations.find((one) => one.service === service && one.poolId === poolId && one.phase === phase)
      ?.machines ?? 0;
  return tableOf(
    [
      ['service', (row) => row.service],
      ['account', (row) => row.pool?.accountName ?? row.poolId],
      ['zone', (row) => row.pool?.zone ?? '-'],
      ['type', (row) => row.pool?.machineType ?? '-'],
      ['bought as', (row) => row.pool?.purchaseOption ?? '-'],
      ['per hour', (row) => (row.pool ? priceText(row.pool.pricePerHour) : '-')],
      ...phases.map(
        (phase) => [phase, (row: (typeof rows)[number]) => machines(row.service, row.poolId, phase)] as const,
      ),
    ],
    rows,
    'Machines by phase',
  );
}

function capacityTable(plan: PlanBody): Section {
  return tableOf(
    [
      ['service', (row) => row.service],
      ['phase', (row) => row.phase],
      ['demand/s', (row) => numberText(row.demand)],
      ['planned/s', (row) => numberText(row.planned)],
      ['short/s', (row) => (row.short > 0 ? numberText(row.short) : '')],
    ],
    plan.capacity,
    'Capacity',
  );
}

function readinessText({ readiness }: ApprovalBody): string {
  if (readiness === null) return 'not checked';
  const { verdict, checkedAt, overridden, hash } = readiness;
  const answered = overridden === 0 ? '' : `, ${overridden} overridden`;
  return `${verdict}${answered}, checked ${timeText(checkedAt)}, hash ${hash.slice(0, 12)}`;
}

function rehearsalText({ rehearsal }: ApprovalBody): string {
  if (rehearsal === null) return 'not rehearsed';
  const { passed, storm, finishedAt, held, notHeld, rehearsalId } = rehearsal;
  const others = `of ${held + notHeld} recent ones ${held} held`;
  return `${passed ? 'held' : 'did not hold'} (${storm}), ${timeText(finishedAt)}, ${others}; ${rehearsalId}`;
}

function sharesText({ shares }: ApprovalBody): string {
  if (shares.length === 0) return 'not rehearsed there';
  return shares
    .map(
      ({ share, aborted, closedAt, campaignId }) =>
        `rehearsed at ${numberText(share * 100)} %${aborted ? ', stopped early' : ''}, closed ${timeText(closedAt)}; ${campaignId}`,
    )
    .join('\n');
}

export function approvalSections(approval: ApprovalBody): Section[] {
  const { envelope } = approval;
  return [
    factsOf([
      ['Approval', approval.id],
      ['Status', approval.status],
      ['Plan', approval.planId],
      ['Plan hash', envelope.planHash],
      ['Budget', moneyText(envelope.budget)],
      ['Per hour, at most', moneyText(envelope.maxPerHour)],
      ['Machines, at most', envelope.maxMachines],
      ['Latest start', timeText(envelope.latestStart)],
      ['Late phases', lateStartText(envelope.lateStart)],
      ['Asked by', approval.requestedBy],
      ['Decided by', approval.decidedBy],
      ['Expires', timeText(approval.expiresAt)],
      ['Comment', approval.comment],
      ['Readiness', readinessText(approval)],
      ['Rehearsal', rehearsalText(approval)],
      ['On the real clouds', sharesText(approval)],
    ]),
  ];
}

export function runSections(run: RunBody, language: ReportLanguage): Section[] {
  const { spend } = run;
  const sections = [
    factsOf([
      ['Run', run.id],
      ['State', run.state],
      ['Phase', run.phase],
      ['Now', toldText(run.summarySentences, run.summary, language)],
      ['Since', timeText(run.since)],
      ['Expected end', timeText(run.expectedEnd)],
      ['If stopped', toldText(run.ifStoppedSentences, run.ifStopped, language)],
      [
        'Spent',
        `${moneyText(spend.actual)} of ${moneyText(spend.budget)}; planned ${moneyText(spend.planned)}, committed ${moneyText(spend.committed)}`,
      ],
    ]),
    tableOf(
      [
        ['service', (row) => row.service],
        ['account', (row) => row.accountName],
        ['zone', (row) => row.zone],
        ['type', (row) => row.machineType],
        ['ready', (row) => `${row.ready} of ${row.target}`],
        ['running', (row) => row.running],
        ['leaving', (row) => row.releasing],
        ['gone', (row) => row.gone],
        ['refused', (row) => row.refused],
      ],
      run.pools,
      'Machines',
    ),
    tableOf(
      [
        ['service', (row) => row.service],
        ['demand/s', (row) => numberText(row.demand)],
        ['ready/s', (row) => numberText(row.ready)],
      ],
      run.capacity,
      'Capacity',
    ),
    trafficTable(run),
  ];
  const returning = wayBackSections(run, language);
  return run.leftovers.length > 0
    ? [...sections, ...returning, leftoverTable(run)]
    : [...sections, ...returning];
}

function trafficTable(run: RunBody): Section {
  const rows = run.traffic.flatMap((route) =>
    route.groups.map((group) => ({ route: route.route, ...group })),
  );
  return tableOf(
    [
      ['route', (row) => row.route],
      ['group', (row) => row.name],
      ['share %', (row) => row.weight],
      ['healthy', (row) => `${row.healthy} of ${row.members}`],
    ],
    rows,
    'Traffic',
  );
}

function leftoverTable(run: RunBody): Section {
  return tableOf(
    [
      ['machine', (row) => row.machineId],
      ['account', (row) => row.account],
      ['state', (row) => row.state],
      ['per hour', (row) => priceText(row.costPerHour)],
    ],
    run.leftovers,
    'LEFT OVER: these still cost money',
  );
}

const MARKS = { info: ' ', warning: '!', problem: 'X' } as const;

export function timelineLine(entry: TimelineEntry, language: ReportLanguage): string {
  const told = toldText(entry.sentences, entry.detail, language);
  return `${timeText(entry.at)} ${MARKS[entry.level]} ${entry.step.padEnd(18)} ${told}`;
}

export function reportSections(report: CampaignReport): Section[] {
  const { machines, cost, timeToReadySeconds: ready } = report;
  const amount = (text: string): string => moneyText({ currency: cost.currency, amount: text });
  return [
    factsOf([
      ['Campaign', report.name],
      ['State', report.state],
      ['Machines', `${machines.created} created of ${machines.planned} planned; ${machines.refused} refused`],
      ['Duplicated', machines.duplicated],
      ['Left over', machines.leftover],
      [
        'Time to ready',
        ready === null
          ? null
          : `p50 ${durationText(ready.p50)}, p95 ${durationText(ready.p95)}, longest ${durationText(ready.max)}`,
      ],
      ['Cost', `${amount(cost.actual)} of ${amount(cost.planned)} planned; budget ${amount(cost.budget)}`],
      ['Private', `${amount(cost.private)} at the rate card`],
    ]),
    tableOf(
      [
        ['phase', (row) => row.name],
        ['demand/s', (row) => numberText(row.demandRps)],
        ['planned/s', (row) => numberText(row.plannedCapacityRps)],
        ['ready/s', (row) => numberText(row.readyCapacityRps)],
        ['machines', (row) => `${row.machinesReady} of ${row.machinesPlanned}`],
      ],
      report.phases,
      'Phases',
    ),
    tableOf(
      [
        ['cause', (row) => row.code],
        ['count', (row) => row.count],
      ],
      report.failuresByCause,
      'Failures by cause',
    ),
  ];
}

export function costSections(cost: CostReport): Section[] {
  const notes = [
    `${cost.currency}, as of ${timeText(cost.asOf)}, from ${cost.basis === 'settled' ? 'settled cost' : 'running seconds'}`,
    ...(cost.runningMachines > 0
      ? [
          `${cost.runningMachines} machines run; what was bought costs ${moneyText(cost.burnPerHour)} per hour`,
        ]
      : []),
    ...(cost.unratedMachines > 0
      ? [`${cost.unratedMachines} machines have no known price and are in no figure`]
      : []),
    ...cost.otherCurrencies.map((other) => `in no figure: ${moneyText(other)}`),
  ];
  const figures = [
    { name: 'bought', budget: cost.budget, ...pick(cost) },
    { name: 'private', budget: null, ...pick(cost.private) },
  ];
  return [
    tableOf(
      [
        ['capacity', (row) => row.name],
        ['budget', (row) => (row.budget === null ? '-' : moneyText(row.budget))],
        ['planned', (row) => moneyText(row.planned)],
        ['actual', (row) => moneyText(row.actualToDate)],
        ['committed', (row) => moneyText(row.committed)],
        ['projected', (row) => moneyText(row.projected)],
      ],
      figures,
    ),
    costGroupTable('service', cost.byService),
    costGroupTable('phase', cost.byPhase),
    tableOf(
      [
        ['account', (row) => row.accountName],
        ['service', (row) => row.service],
        ['zone', (row) => row.zone],
        ['type', (row) => row.machineType],
        ['bought as', (row) => row.purchaseOption],
        ['machines', (row) => row.machines],
        ['seconds', (row) => numberText(row.seconds)],
        ['per hour', (row) => priceText(row.pricePerHour)],
        ['amount', (row) => moneyText(row.amount)],
      ],
      cost.rows,
    ),
    notes.join('\n'),
  ];
}

function pick({ planned, actualToDate, committed, projected }: CostReport['private']): CostReport['private'] {
  return { planned, actualToDate, committed, projected };
}

function costGroupTable(name: string, groups: CostReport['byService']): Section {
  return tableOf(
    [
      [name, (row) => row.key],
      ['planned', (row) => moneyText(row.planned)],
      ['actual', (row) => moneyText(row.actualToDate)],
      ['private planned', (row) => moneyText(row.privatePlanned)],
      ['private actual', (row) => moneyText(row.privateActualToDate)],
    ],
    groups,
  );
}

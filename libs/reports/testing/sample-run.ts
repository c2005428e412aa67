import type { PlanPool } from '@springtide/contracts';
import { openItem, type EffectItem, type Intent } from '@springtide/effects/domain';
import { addMs, money, type Instant } from '@springtide/kernel';
import type { ReportFacts } from '../domain/index.js';

const START = '2026-11-10T15:00:00.000Z';
const CAMPAIGN = '20000000-0000-4000-8000-000000000001';
const RUN = '40000000-0000-4000-8000-000000000001';
const TENANT = '00000000-0000-4000-8000-000000000001';

/** Minutes after the first phase began. */
export const at = (minutes: number): Instant => addMs(START, minutes * 60_000);

function pool(id: string, purchaseOption: PlanPool['purchaseOption'], price: string): PlanPool {
  const [accountName = '', zone = '', machineType = ''] = id.split('/');
  return {
    id,
    accountId: '10000000-0000-4000-8000-000000000001',
    accountName,
    provider: 'simulated',
    region: 'cn-east',
    zone,
    machineType,
    purchaseOption,
    pricePerHour: money('CNY', price),
    cap: 50,
  };
}

const HOME = pool('机房/cluster-a/vm.4', 'private', '0.24');
const FIRST = pool('阿里云/hz-h/c7.xlarge', 'on-demand', '0.6');
const SECOND = pool('腾讯云/sh-4/S6.LARGE8', 'on-demand', '0.9');

type Life = Partial<
  Pick<EffectItem, 'acceptedAt' | 'readyAt' | 'releasingAt' | 'goneAt' | 'state' | 'refusal'>
>;

function bought(pool_: PlanPool, count: number, life: (index: number) => Life): Intent {
  const items = Array.from({ length: count }, (_each, index): EffectItem => {
    const known = life(index);
    const machineId = known.acceptedAt ? `i-${pool_.machineType}-${index}` : null;
    return { ...openItem(index), machineId, ...known };
  });
  return {
    tenantId: TENANT,
    runId: RUN,
    campaignId: CAMPAIGN,
    step: `buy/${pool_.id}`,
    batch: 0,
    accountId: pool_.accountId,
    region: pool_.region,
    service: 'storefront',
    poolId: pool_.id,
    id: `50000000-0000-4000-8000-${pool_.machineType.length.toString().padStart(12, '0')}`,
    kind: 'create',
    spec: {},
    specHash: 'h',
    count,
    state: 'released',
    generation: 0,
    fence: 1,
    unanswered: 0,
    sentAt: at(0),
    deadline: null,
    firstAbsentAt: null,
    releaseBy: null,
    releaseAt: null,
    mandateId: null,
    pricePerHour: pool_.pricePerHour,
    minimumBillingSeconds: 60,
    reserved: null,
    problem: null,
    createdAt: at(0),
    items,
  };
}

const gone = (from: number, ready: number, to: number): Life => ({
  acceptedAt: at(from),
  readyAt: at(ready),
  releasingAt: at(to),
  goneAt: at(to + 1),
  state: 'gone',
});

/**
 * Four hours over midnight: four own machines, ten bought as planned of which two never served, five refused as sold
 * out and made up for elsewhere, one that stayed half an hour too long.
 */
export function sampleRun(changes: Partial<ReportFacts> = {}): ReportFacts {
  const service = 'storefront';
  const phases = [
    { name: 'ramp' as const, startsAt: at(0), endsAt: at(60) },
    { name: 'peak' as const, startsAt: at(60), endsAt: at(120) },
    { name: 'decay' as const, startsAt: at(120), endsAt: at(240) },
  ];
  const rows = [
    ['ramp', 4, 6],
    ['peak', 4, 15],
    ['decay', 4, 3],
  ] as const;
  const demand = { ramp: 1200, peak: 2600, decay: 900 };
  return {
    campaignId: CAMPAIGN,
    name: '双十一零点 Double 11',
    author: '林晓 Lin',
    input: {
      name: '双十一零点 Double 11',
      templateId: CAMPAIGN,
      timeZone: 'Asia/Shanghai',
      phases,
      demand: phases.map(({ name }) => ({ service, phase: name, requestsPerSecond: demand[name] })),
      budget: money('CNY', 120),
      accountIds: [FIRST.accountId],
      policy: 'standard',
    },
    runId: RUN,
    state: 'closed',
    startedAt: at(-30),
    closedAt: at(280),
    phases,
    plan: {
      id: '30000000-0000-4000-8000-000000000001',
      hash: 'a3f1'.repeat(16),
      cost: money('CNY', '21.4'),
      leadMs: 11 * 60_000,
      pools: [HOME, FIRST, SECOND],
      allocations: rows.flatMap(([phase, own, first]) => [
        { service, poolId: HOME.id, phase, machines: own },
        { service, poolId: FIRST.id, phase, machines: first },
      ]),
      sheets: [HOME, FIRST, SECOND].map(({ id }) => ({ service, poolId: id, requestsPerSecond: 120 })),
      standing: [{ service, machines: 4, requestsPerSecond: 480 }],
      services: [{ name: service }],
    },
    approval: {
      id: '60000000-0000-4000-8000-000000000001',
      campaignId: CAMPAIGN,
      planId: '30000000-0000-4000-8000-000000000001',
      status: 'approved',
      envelope: {
        planId: '30000000-0000-4000-8000-000000000001',
        planHash: 'a3f1'.repeat(16),
        poolIds: [HOME.id, FIRST.id, SECOND.id],
        maxMachines: 30,
        budget: money('CNY', 120),
        maxPerHour: money('CNY', 40),
        latestStart: at(0),
        priceBasis: null,
        priceDriftLimit: 0.1,
      },
      requestedBy: 'u1',
      decidedBy: 'u2',
      decidedAt: at(-600),
      expiresAt: at(600),
      comment: null,
      readiness: {
        checkId: '70000000-0000-4000-8000-000000000001',
        hash: 'beef'.repeat(16),
        checkedAt: at(-620),
        verdict: 'amber',
        overridden: 1,
      },
      rehearsal: null,
      shares: [],
    },
    timeline: [
      {
        id: 1,
        at: at(-30),
        step: 'armed',
        level: 'info',
        detail: 'The run was armed by 林晓 Lin.',
        facts: {},
      },
      { id: 2, at: at(5), step: 'provision.bought', level: 'info', detail: 'Bought.', facts: {} },
      {
        id: 3,
        at: at(50),
        step: 'provision.fallback',
        level: 'warning',
        detail:
          '5 machines of 阿里云/hz-h/c7.xlarge were refused (sold out); 5 are bought on 腾讯云/sh-4/S6.LARGE8.',
        facts: {},
      },
    ],
    readings: new Map([
      [
        service,
        Array.from({ length: 240 }, (_each, minute) => ({
          at: at(minute),
          requestsPerSecond: 700 + 2_300 * Math.exp(-(((minute - 75) / 40) ** 2)),
        })),
      ],
    ]),
    intents: [
      bought(HOME, 4, () => gone(-15, -12, 230)),
      bought(FIRST, 8, (index) => gone(-10, -6 + index / 2, index === 7 ? 270 : 125)),
      bought(FIRST, 2, () => ({ acceptedAt: at(45), goneAt: at(60), releasingAt: at(60), state: 'gone' })),
      bought(FIRST, 5, () => ({
        state: 'refused',
        refusal: { code: 'insufficient-capacity', message: 'no stock' },
      })),
      bought(SECOND, 5, (index) => gone(50, 64 + index, 121)),
    ],
    until: at(280),
    ...changes,
  };
}

import { randomUUID } from 'node:crypto';
import { addMs, money, zero, type Instant } from '@springtide/kernel';
import { openItem, type EffectItem, type Intent, type Mandate } from '../domain/index.js';

export const START: Instant = '2026-11-11T00:00:00.000Z';
export const TENANT = '00000000-0000-4000-8000-0000000000aa';
export const OTHER_TENANT = '00000000-0000-4000-8000-0000000000bb';
export const ACCOUNT = '00000000-0000-4000-8000-0000000000cc';
export const POOL = 'east/c2.large';
export const PRICE = money('CNY', '0.39');

export function aMandate(over: Partial<Mandate> = {}): Mandate {
  return {
    id: randomUUID(),
    tenantId: TENANT,
    campaignId: null,
    runId: randomUUID(),
    approvalId: null,
    planHash: 'plan',
    poolIds: [POOL],
    maxMachines: 10_000,
    budget: money('CNY', '1000000'),
    maxPerHour: money('CNY', '100000'),
    validUntil: addMs(START, 24 * 3_600_000),
    state: 'open',
    machines: 0,
    reserved: zero('CNY'),
    committed: zero('CNY'),
    perHour: zero('CNY'),
    ...over,
  };
}

/** A create intent of five machines as it is written ahead. */
export function anIntent(over: Partial<Intent> = {}): Intent {
  const count = over.count ?? 5;
  return {
    id: randomUUID(),
    tenantId: TENANT,
    runId: randomUUID(),
    campaignId: null,
    step: 'provision',
    batch: 0,
    accountId: ACCOUNT,
    region: 'sim-east',
    service: 'storefront',
    poolId: POOL,
    kind: 'create',
    spec: { zone: 'sim-east-a' },
    specHash: 'hash',
    count,
    state: 'written',
    generation: 0,
    fence: 1,
    unanswered: 0,
    sentAt: null,
    deadline: null,
    firstAbsentAt: null,
    releaseBy: addMs(START, 900_000),
    releaseAt: null,
    mandateId: null,
    pricePerHour: PRICE,
    minimumBillingSeconds: 60,
    reserved: money('CNY', '1.95'),
    problem: null,
    createdAt: START,
    items: Array.from({ length: count }, (_, index) => openItem(index)),
    ...over,
  };
}

export function anItem(over: Partial<EffectItem> = {}): EffectItem {
  const accepted = { machineId: 'm-1', state: 'accepted' as const, acceptedAt: START };
  return { ...openItem(over.index ?? 0), ...accepted, ...over };
}

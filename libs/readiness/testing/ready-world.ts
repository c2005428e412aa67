import type { AccountFacts, ReadinessFacts, ReadinessSubject } from '../domain/index.js';

export const NOW = '2026-11-01T08:00:00.000Z';

const price = { currency: 'CNY', amount: '0.5' };

const pool = {
  id: 'east/a/c2.large/on-demand',
  accountId: '10000000-0000-4000-8000-000000000001',
  accountName: 'east',
  provider: 'simulated',
  region: 'r1',
  zone: 'a',
  machineType: 'c2.large',
  purchaseOption: 'on-demand',
  pricePerHour: price,
  cap: 100,
  most: 10,
} as const;

/** A plan of ten machines on one pool, ten days ahead. */
export const SUBJECT: ReadinessSubject = {
  campaignId: '20000000-0000-4000-8000-000000000001',
  planId: '30000000-0000-4000-8000-000000000001',
  planHash: 'h',
  startsAt: '2026-11-11T00:00:00.000Z',
  endsAt: '2026-11-11T06:00:00.000Z',
  isTrial: false,
  pools: [pool],
  use: [
    { phase: 'ramp', poolId: pool.id, machines: 4, hours: 1 },
    { phase: 'peak', poolId: pool.id, machines: 10, hours: 2 },
  ],
  sheets: [
    {
      service: 'shop',
      poolId: pool.id,
      image: 'img-1',
      subnet: null,
      securityGroups: [],
      userData: '#cloud-config',
      minimumBillingSeconds: 60,
    },
  ],
  services: [
    {
      name: 'shop',
      route: 'shop',
      reaches: [{ name: 'orders-db', host: '10.0.0.9', port: 5432 }],
      settings: [],
    },
  ],
  apiTimes: [],
  links: [
    {
      place: 'east/r1',
      declared: { name: 'line-1', freeMbps: 1_000, evidence: 'contract 7' },
      neededMbps: 400,
    },
  ],
  slackSeconds: 600,
  priceDriftLimit: 0.1,
  priceBasis: null,
  currency: 'CNY',
};

const known = <T>(value: T) => ({ known: true, value, at: NOW }) as const;

export const UNREAD = { known: false, code: 'unavailable', why: 'nobody answers', at: NOW } as const;

export const ACCOUNT: AccountFacts = {
  id: pool.accountId,
  name: 'east',
  isPrivate: false,
  credentialCreatedAt: '2026-10-01T00:00:00.000Z',
  stockSignal: { supported: true },
  quotaSignal: { supported: true },
  report: known({ identity: 'springtide', missing: [], granted: 12, clockSkewMs: 20, balance: null }),
  market: known({
    offers: [
      {
        poolId: pool.id,
        offer: { vcpu: 2, quotaGroup: 'standard', price, stock: { level: 'enough' as const, machines: 100 } },
      },
    ],
    quotas: [{ region: 'r1', group: 'standard', limitVcpu: 100, usedVcpu: 20 }],
  }),
  networks: known([{ id: 'net-a', name: 'net-a', region: 'r1', zone: 'a', freeAddresses: 200 }]),
  images: known([{ id: 'img-1', name: 'shop runtime', region: 'r1', digest: null }]),
  reservationSignal: { supported: true },
  reservations: known([
    {
      region: 'r1',
      zone: 'a',
      machineType: 'c2.large',
      free: 10,
      startsAt: '2026-10-01T00:00:00.000Z',
      endsAt: null,
    },
  ]),
  trials: [{ poolId: pool.id, machines: 10, result: known('would pass') }],
};

/** Everything there is to measure was measured and found well. */
export const FACTS: ReadinessFacts = {
  at: NOW,
  accounts: [ACCOUNT],
  entrances: [
    {
      service: 'shop',
      route: 'shop',
      state: known({
        entrance: 'https://shop.example',
        healthy: 2,
        members: 2,
        certificate: known({ subject: 'shop.example', validTo: '2027-06-01T00:00:00.000Z', problem: null }),
      }),
    },
  ],
  bursts: [{ accountId: pool.accountId, region: 'r1', lastHealthyAt: '2026-10-20T00:00:00.000Z' }],
  dials: [{ host: '10.0.0.9', port: 5432, answered: known(true as const) }],
  probing: true,
  probes: [],
};

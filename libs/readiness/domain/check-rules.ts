import type { READINESS_CHECKS, READINESS_OWNERS } from '@springtide/contracts';
import { HOUR } from '@springtide/kernel';

export type ReadinessCheck = (typeof READINESS_CHECKS)[number];
export type ReadinessOwner = (typeof READINESS_OWNERS)[number];

type CheckRule = Readonly<{
  owner: ReadinessOwner;
  /** How long before the first phase it must be settled: what takes days at a cloud is due days ahead. */
  dueMs: number;
  blocking: boolean;
}>;

const DAY = 24 * HOUR;

export const CHECK_RULES: Readonly<Record<ReadinessCheck, CheckRule>> = {
  quota: { owner: 'infrastructure', dueMs: 7 * DAY, blocking: true },
  addresses: { owner: 'infrastructure', dueMs: 3 * DAY, blocking: true },
  balance: { owner: 'finance', dueMs: 2 * DAY, blocking: true },
  image: { owner: 'operations', dueMs: 2 * DAY, blocking: true },
  configuration: { owner: 'operations', dueMs: 2 * DAY, blocking: true },
  reach: { owner: 'security', dueMs: 5 * DAY, blocking: true },
  stock: { owner: 'infrastructure', dueMs: DAY, blocking: true },
  reservation: { owner: 'infrastructure', dueMs: 7 * DAY, blocking: false },
  price: { owner: 'finance', dueMs: DAY, blocking: true },
  entrance: { owner: 'operations', dueMs: DAY, blocking: true },
  certificate: { owner: 'security', dueMs: 7 * DAY, blocking: true },
  link: { owner: 'infrastructure', dueMs: 3 * DAY, blocking: false },
  'api-rate': { owner: 'operations', dueMs: DAY, blocking: true },
  permissions: { owner: 'security', dueMs: 3 * DAY, blocking: true },
  credential: { owner: 'security', dueMs: 7 * DAY, blocking: false },
  'node-images': { owner: 'operations', dueMs: DAY, blocking: false },
};

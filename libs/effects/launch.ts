import type { ErrorCode, Instant, Money } from '@springtide/kernel';
import type { PurchaseOption } from '@springtide/provider-kit';
import type { IntentPlace, Refusal } from './domain/index.js';

/** What kind of machine, in the words of the provider contract. Stored with the intent and hashed. */
export type LaunchSpec = Readonly<{
  zone: string;
  machineType: string;
  purchaseOption: PurchaseOption;
  image: string;
  subnet: string | null;
  securityGroups: readonly string[];
  namePrefix: string;
  userData: string | null;
  labels: Readonly<Record<string, string>>;
}>;

export type LaunchRequest = IntentPlace &
  Readonly<{
    mandateId: string;
    poolId: string;
    spec: LaunchSpec;
    count: number;
    pricePerHour: Money;
    minimumBillingSeconds: number;
    /** For how long money is set aside: until the plan lets these machines go. */
    plannedHours: number;
    releaseBy: Instant;
    fence: number;
    /** User data that holds secrets: sent, and kept as a digest only. Whoever continues the purchase brings it again. */
    secretUserData?: string;
  }>;

/**
 * `unknown`: a call was sent and its outcome is not known yet; ask again after `retryAfterMs`, nothing else. `failed`: how
 * the last call ended, when it was an error.
 */
export type LaunchAnswer =
  | Readonly<{ status: 'settled'; intentId: string; accepted: number; refusals: readonly RefusalCount[] }>
  | Readonly<{ status: 'refused'; refusal: Refusal }>
  | Readonly<{
      status: 'unknown';
      intentId: string;
      retryAfterMs: number;
      reason: string;
      failed?: ErrorCode;
    }>;

/** Items the cloud (or the proof of absence) refused, by cause. */
export type RefusalCount = Readonly<{ code: string; message: string; count: number }>;

import type { TwinTime } from '@springtide/contracts';
import type { Intent } from '@springtide/effects/domain';
import { msBetween, type Instant } from '@springtide/kernel';

/** What the ledger knows of how long an account's cloud takes. */
export type AccountTimes = Readonly<{ boot: MeasuredTime; createCall: MeasuredTime }>;

/** How long something takes, as a twin lives it: one of `timesMs`, each as likely. */
export type MeasuredTime = Readonly<{ timesMs: readonly number[]; evidence: TwinTime }>;

type Measurement = Readonly<{ at: Instant; ms: number }>;

/** With fewer, the slowest one in twenty is not known. */
const ENOUGH = 20;
/** Clouds change; what counts is how they are now. */
const MOST_RECENT = 2_000;
/** As many values as tell the course of a distribution. */
const QUANTILES = 100;

/** @param declared what stands in where too little was measured. */
export function accountTimes(
  intents: readonly Intent[],
  declared: Readonly<{ bootMs: number; createCallMs: number }>,
): AccountTimes {
  return {
    boot: timeOf(intents.flatMap(boots), declared.bootMs),
    createCall: timeOf(intents.flatMap(createCall), declared.createCallMs),
  };
}

function boots({ items }: Intent): readonly Measurement[] {
  return items.flatMap(({ acceptedAt, runningAt }) =>
    acceptedAt === null || runningAt === null
      ? []
      : [{ at: acceptedAt, ms: msBetween(acceptedAt, runningAt) }],
  );
}

/** Only where the answer came in time: what was found out later says nothing about the call. */
function createCall({ items, sentAt, deadline }: Intent): readonly Measurement[] {
  const [accepted] = items.flatMap(({ acceptedAt }) => (acceptedAt === null ? [] : [acceptedAt])).toSorted();
  if (sentAt === null || deadline === null || accepted === undefined) return [];
  return accepted < sentAt || accepted > deadline ? [] : [{ at: sentAt, ms: msBetween(sentAt, accepted) }];
}

function timeOf(measured: readonly Measurement[], declaredMs: number): MeasuredTime {
  const recent = measured.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, MOST_RECENT);
  const isEnough = recent.length >= ENOUGH;
  const timesMs = isEnough ? quantiles(recent.map(({ ms }) => ms)) : [declaredMs];
  return {
    timesMs,
    evidence: {
      basis: isEnough ? 'measured' : 'declared',
      measurements: recent.length,
      p50Seconds: percentile(timesMs, 0.5) / 1_000,
      p95Seconds: percentile(timesMs, 0.95) / 1_000,
      since: recent.at(-1)?.at ?? null,
      until: recent[0]?.at ?? null,
    },
  };
}

/** Ascending, each a time that was really taken. */
function quantiles(milliseconds: readonly number[]): readonly number[] {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  if (sorted.length <= QUANTILES) return sorted;
  return Array.from({ length: QUANTILES }, (_, n) => percentile(sorted, (n + 1) / QUANTILES));
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

import { msBetween, type Instant } from '@springtide/kernel';

/** One machine on its way up, as the ledger knows it. */
export type StartedMachine = Readonly<{
  machineType: string;
  acceptedAt: Instant | null;
  runningAt: Instant | null;
  readyAt: Instant | null;
}>;

/** Seconds that machines of one type took; of so many machines that became ready. */
export type ReadyTimes = Readonly<{
  machineType: string;
  machines: number;
  since: Instant;
  until: Instant;
  /** From the cloud's yes until it ran. */
  bootSeconds: Percentiles;
  /** From running until it served. */
  warmUpSeconds: Percentiles;
  /** Both: what must be ordered ahead. */
  leadSeconds: Percentiles;
}>;

export type Percentiles = Readonly<{ p50: number; p90: number; p99: number }>;

type Ready = Readonly<{ machineType: string; acceptedAt: Instant; runningAt: Instant; readyAt: Instant }>;

/** How long machines took, by type, in the order of how many there were. Those that never became ready are left out. */
export function readyTimes(machines: readonly StartedMachine[]): readonly ReadyTimes[] {
  const ready = machines.filter(
    (machine): machine is Ready =>
      machine.acceptedAt !== null && machine.runningAt !== null && machine.readyAt !== null,
  );
  return [...Map.groupBy(ready, ({ machineType }) => machineType)]
    .map(([machineType, of]) => timesOf(machineType, of))
    .toSorted((a, b) => b.machines - a.machines);
}

function timesOf(machineType: string, machines: readonly Ready[]): ReadyTimes {
  const instants = machines.map(({ acceptedAt }) => acceptedAt).toSorted();
  return {
    machineType,
    machines: machines.length,
    since: instants[0] ?? '',
    until: instants.at(-1) ?? '',
    bootSeconds: percentiles(machines.map((m) => msBetween(m.acceptedAt, m.runningAt))),
    warmUpSeconds: percentiles(machines.map((m) => msBetween(m.runningAt, m.readyAt))),
    leadSeconds: percentiles(machines.map((m) => msBetween(m.acceptedAt, m.readyAt))),
  };
}

/** Nearest rank: a percentile is a time that some machine really took. */
function percentiles(milliseconds: readonly number[]): Percentiles {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.ceil(part * sorted.length) - 1] ?? 0) / 1_000;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

import type { CurvePoint, ReportCurve } from '@springtide/contracts';
import { boughtMachines, servedUntil, type BoughtMachine } from './bought-machines.js';
import type { DemandReading, ReportFacts } from './facts.js';

/** A picture has fewer dots than that, and a report is kept for years. */
const MOST_POINTS = 400;

export function reportCurves(facts: ReportFacts): readonly ReportCurve[] {
  const machines = boughtMachines(facts);
  return facts.plan.services.map(({ name }) => ({
    service: name,
    planned: plannedCurve(facts, name),
    ready: readyCurve(
      facts,
      name,
      machines.filter((machine) => machine.service === name),
    ),
    demand: demandCurve(facts, name),
    taken: takenCurve(facts.readings.get(name) ?? []),
  }));
}

/** Steps at the phases' starts; after the last one what stands is left. */
function plannedCurve(facts: ReportFacts, service: string): CurvePoint[] {
  const { plan, phases } = facts;
  const standing = standingOf(facts, service);
  const points = phases.map(({ name, startsAt }) => {
    const rows = plan.allocations.filter((row) => row.service === service && row.phase === name);
    const bought = rows.reduce((sum, row) => {
      const sheet = plan.sheets.find((one) => one.service === service && one.poolId === row.poolId);
      return sum + row.machines * (sheet?.requestsPerSecond ?? 0);
    }, 0);
    return { at: startsAt, requestsPerSecond: standing + bought };
  });
  return withEnd(facts, points, standing);
}

function demandCurve(facts: ReportFacts, service: string): CurvePoint[] {
  const points = facts.phases.map(({ name, startsAt }) => ({
    at: startsAt,
    requestsPerSecond:
      facts.input.demand.find((row) => row.service === service && row.phase === name)?.requestsPerSecond ?? 0,
  }));
  return withEnd(facts, points, 0);
}

function withEnd({ phases }: ReportFacts, points: CurvePoint[], last: number): CurvePoint[] {
  const end = phases.at(-1)?.endsAt;
  return end === undefined ? points : [...points, { at: end, requestsPerSecond: last }];
}

/** Every machine adds its measured capacity when it became ready and takes it away when it began to leave. */
function readyCurve(facts: ReportFacts, service: string, machines: readonly BoughtMachine[]): CurvePoint[] {
  const standing = standingOf(facts, service);
  const changes = machines.flatMap((machine) => {
    const { readyAt } = machine.item;
    if (readyAt === null) return [];
    const { requestsPerSecond } = machine;
    const until = servedUntil(machine);
    const added = { at: readyAt, change: requestsPerSecond };
    return until === null ? [added] : [added, { at: until, change: -requestsPerSecond }];
  });
  const begin = facts.phases[0]?.startsAt ?? facts.startedAt;
  const points: CurvePoint[] = [
    {
      at: earlier(
        begin,
        changes.map(({ at }) => at),
      ),
      requestsPerSecond: standing,
    },
  ];
  let level = standing;
  for (const { at, change } of changes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    level += change;
    const last = points.at(-1);
    if (last?.at === at) points[points.length - 1] = { at, requestsPerSecond: level };
    else points.push({ at, requestsPerSecond: level });
  }
  if (facts.closedAt === null) points.push({ at: facts.until, requestsPerSecond: level });
  return thinned(points);
}

function earlier(begin: string, ats: readonly string[]): string {
  return ats.reduce((first, at) => (Date.parse(at) < Date.parse(first) ? at : first), begin);
}

function takenCurve(readings: readonly DemandReading[]): CurvePoint[] | null {
  if (readings.length === 0) return null;
  return thinned(
    readings.map(({ at, requestsPerSecond }) => ({
      at,
      requestsPerSecond: Math.round(requestsPerSecond * 10) / 10,
    })),
  );
}

/** Of every stretch its highest point, so that no peak is lost. */
function thinned(points: readonly CurvePoint[]): CurvePoint[] {
  if (points.length <= MOST_POINTS) return [...points];
  const stretch = Math.ceil(points.length / MOST_POINTS);
  const kept: CurvePoint[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch);
    const highest = part.reduce((most, one) => (one.requestsPerSecond > most.requestsPerSecond ? one : most));
    kept.push(highest);
  }
  const last = points.at(-1);
  return last === undefined || kept.at(-1) === last ? kept : [...kept, last];
}

function standingOf({ plan }: ReportFacts, service: string): number {
  return plan.standing.find((row) => row.service === service)?.requestsPerSecond ?? 0;
}

/** Of a phase's time, the share in which ready capacity met the planned demand: of the service that met it least. */
export function coveredShare(
  curves: readonly ReportCurve[],
  { startsAt, endsAt }: Readonly<{ startsAt: string; endsAt: string }>,
): number {
  const [from, to] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (to <= from) return 1;
  const shares = curves.map(({ ready, demand }) => {
    const wanted = demand.findLast(({ at }) => Date.parse(at) <= from)?.requestsPerSecond ?? 0;
    const covered = ready.reduce((sum, { at, requestsPerSecond }, index) => {
      const next = ready[index + 1];
      const begin = Math.max(from, Date.parse(at));
      const end = Math.min(to, next === undefined ? to : Date.parse(next.at));
      return requestsPerSecond >= wanted && end > begin ? sum + end - begin : sum;
    }, 0);
    return covered / (to - from);
  });
  return Math.round(Math.min(1, ...shares) * 10_000) / 10_000;
}

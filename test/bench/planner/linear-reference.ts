import loader, { type Highs, type InitOptions } from 'highs';
import type { InstanceFile } from './instance-file.js';

/**
 * The linear model of the file form, written out column by column and solved by HiGHS: a bound and a solution in parts
 * of machines that owe nothing to the planner. Slow from some thousand columns on.
 */
export type LinearReference = Readonly<{
  bound: number;
  seconds: number;
  /** Parts of machines by class, pool and phase. */
  parts: ReadonlyMap<string, number>;
}>;

export const partKey = (item: string, pool: string, k: number): string => JSON.stringify([item, pool, k]);

// The package describes its ES module as if it were CommonJS: the default import is the loader itself.
const loadHighs = loader as unknown as (options?: InitOptions) => Promise<Highs>;

export async function linearReference(file: InstanceFile): Promise<LinearReference> {
  const highs = await loadHighs();
  const started = performance.now();
  const model = new LinearModel();
  const keys = writeModel(file, model);
  const solver = highs.createModel({
    numCols: model.cost.length,
    numRows: model.lower.length,
    sense: highs.constants.objectiveSense.minimize,
    offset: 0,
    colCost: Float64Array.from(model.cost),
    colLower: new Float64Array(model.cost.length),
    colUpper: new Float64Array(model.cost.length).fill(Infinity),
    rowLower: Float64Array.from(model.lower),
    rowUpper: Float64Array.from(model.upper),
    matrix: {
      format: 'csc',
      numRows: model.lower.length,
      numCols: model.cost.length,
      starts: Int32Array.from(model.starts),
      indices: Int32Array.from(model.indices),
      values: Float64Array.from(model.values),
    },
  });
  solver.options.set({ output_flag: false });
  solver.run();
  const optimal = solver.getModelStatus() === highs.constants.modelStatus.optimal;
  const { colValue } = solver.getSolution();
  const bound = optimal ? solver.getObjectiveValue() : Number.NaN;
  solver.dispose();
  const seconds = (performance.now() - started) / 1000;
  return { bound, seconds, parts: new Map(keys.map((key, column) => [key, colValue[column] ?? 0])) };
}

class LinearModel {
  readonly cost: number[] = [];
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  readonly starts: number[] = [0];
  readonly indices: number[] = [];
  readonly values: number[] = [];

  row(lower: number, upper: number): number {
    this.upper.push(upper);
    return this.lower.push(lower) - 1;
  }

  column(cost: number, entries: readonly (readonly [row: number, value: number])[]): void {
    this.cost.push(cost);
    for (const [row, value] of entries.toSorted((a, b) => a[0] - b[0])) {
      if (value === 0) continue;
      this.indices.push(row);
      this.values.push(value);
    }
    this.starts.push(this.indices.length);
  }
}

/** Returns the keys of the columns that are machines, in their order; they come first. */
function writeModel(file: InstanceFile, model: LinearModel): readonly string[] {
  const phases = file.phases.map((_, k) => k);
  const cap = new Map(file.pools.map((pool) => [pool.id, phases.map(() => model.row(-Infinity, pool.cap))]));
  const quota = new Map(
    file.quotaGroups.map((group) => [
      group.id,
      phases.map(() => model.row(-Infinity, Math.max(0, group.limitVcpu - group.usedVcpu))),
    ]),
  );
  const zones = [...new Set(file.pools.map((pool) => pool.zone))];
  const keys: string[] = [];
  const later: (() => void)[] = [];
  for (const item of file.classes) {
    const rows = phases.map((k) => {
      const { vcpu, memGiB } = item.demand[k] ?? { vcpu: 0, memGiB: 0 };
      return {
        cover: model.row((1 + item.headroom) * vcpu, Infinity),
        memory: model.row(vcpu === 0 ? 0 : (1 + item.headroom) * memGiB, Infinity),
        spot: model.row(-Infinity, 0),
        zones: zones.map(() => model.row(item.zoneLossFraction * vcpu, Infinity)),
        perVcpu: vcpu === 0 ? 0 : memGiB / vcpu,
      };
    });
    for (const id of new Set(item.allowed)) {
      const pool = file.pools.find((candidate) => candidate.id === id);
      if (pool === undefined) continue;
      const steps = phases.map(() => model.row(-Infinity, 0));
      for (const [k, phase] of file.phases.entries()) {
        const row = rows[k];
        if (row === undefined) continue;
        keys.push(partKey(item.id, id, k));
        const outside = zones.flatMap((zone, z) =>
          zone === pool.zone ? [] : [[row.zones[z] ?? 0, pool.vcpu] as const],
        );
        const group = quota.get(pool.quotaGroup ?? '')?.[k];
        model.column(phase.hours * pool.priceHour, [
          [row.cover, pool.vcpu],
          [row.memory, pool.memGiB],
          [row.spot, ((pool.option === 'spot' ? 1 : 0) - item.spotMax) * pool.vcpu],
          ...outside,
          [cap.get(id)?.[k] ?? 0, 1],
          ...(group === undefined ? [] : [[group, pool.vcpu] as const]),
          // Machines now, less those before, are at most the starts.
          [steps[k] ?? 0, 1],
          ...(k + 1 < phases.length ? [[steps[k + 1] ?? 0, -1] as const] : []),
        ]);
      }
      later.push(() => {
        for (const step of steps) model.column(pool.startCost, [[step, -1]]);
      });
    }
    later.push(() => {
      for (const [k, row] of rows.entries()) {
        const hours = file.phases[k]?.hours ?? 0;
        model.column(hours * file.shortagePenaltyPerVcpuHour, [
          [row.cover, 1],
          [row.memory, row.perVcpu],
          ...row.zones.map((zone) => [zone, 1] as const),
        ]);
      }
    });
  }
  for (const write of later) write();
  return keys;
}

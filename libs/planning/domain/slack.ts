import type { Allocation } from './allocation.js';
import { at } from './planner-model.js';

/** What a machine gives to its class, wherever it is bought. `spot`: what it adds beyond the share that may be spot. */
export type Carrier = Readonly<{ units: number; memory: number; spot: number; zone: number }>;

const EPSILON = 1e-9;

/** What a class has beyond its rules in every one of some phases, and so could lose without being short. */
export class Slack {
  /** Something is missing already: only the exact penalties can tell what a change does. */
  isShort = false;
  units = 0;
  memory = 0;
  spot = 0;
  /** Outside each zone, should it be lost. */
  readonly zones: Float64Array;
  private leastZone = 0;

  constructor(private readonly allocation: Allocation) {
    this.zones = new Float64Array(allocation.model.zoneCount);
  }

  measure(g: number, from: number, to: number): void {
    const { allocation } = this;
    const { phaseCount: K, memoryNeed } = allocation.model;
    this.isShort = false;
    this.units = this.memory = this.spot = this.leastZone = Infinity;
    this.zones.fill(Infinity);
    for (let cell = g * K + from; cell <= g * K + to; cell += 1) {
      this.isShort ||= allocation.shortage(cell) > 0;
      this.units = Math.min(this.units, -allocation.missingUnits(cell));
      this.spot = Math.min(this.spot, -allocation.spotExcess(cell, g));
      if (at(memoryNeed, cell) > 0) this.memory = Math.min(this.memory, -allocation.missingMemory(cell));
      this.measureZones(cell);
    }
    this.units = Math.max(0, this.units);
  }

  private measureZones(cell: number): void {
    if (at(this.allocation.model.zoneNeed, cell) === 0) return;
    for (let z = 0; z < this.zones.length; z += 1) {
      const slack = Math.min(at(this.zones, z), -this.allocation.missingOutside(cell, z));
      this.zones[z] = slack;
      this.leastZone = Math.min(this.leastZone, slack);
    }
  }

  /** Whether nothing would be short, and no spot share too high, once some machines went and others came. */
  allows(out: readonly Carrier[], into: readonly Carrier[]): boolean {
    let [units, memory, spot, coming] = [0, 0, 0, 0];
    for (const machine of out) {
      units -= machine.units;
      memory -= machine.memory;
      spot -= machine.spot;
    }
    for (const machine of into) {
      units += machine.units;
      memory += machine.memory;
      spot += machine.spot;
      coming += machine.units;
    }
    if (this.units + units < -EPSILON || this.memory + memory < -EPSILON) return false;
    if (spot > 0 && spot > this.spot + EPSILON) return false;
    return this.leastZone + units - coming >= 0 || this.keepsZones(out, into, units);
  }

  private keepsZones(out: readonly Carrier[], into: readonly Carrier[], units: number): boolean {
    for (let z = 0; z < this.zones.length; z += 1) {
      let left = at(this.zones, z) + units;
      for (const machine of out) if (machine.zone === z) left += machine.units;
      for (const machine of into) if (machine.zone === z) left -= machine.units;
      if (left < -EPSILON) return false;
    }
    return true;
  }
}

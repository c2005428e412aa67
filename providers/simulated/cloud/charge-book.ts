import { decimal } from '@springtide/kernel';
import { lastSecondOf, type CloudMachine } from './cloud-machine.js';
import type { CloudPlan } from './plan.js';
import type { WireCharge } from './wire.js';

type Span = Readonly<{ from: number; to: number }>;

const PRODUCT = 'machine';

/** What every machine ran, also of those that are gone: a bill forgets nobody. Counted when it is asked for. */
export class ChargeBook {
  readonly #plan: CloudPlan;
  /** In the order in which they were made. */
  readonly #machines: CloudMachine[] = [];

  constructor(plan: CloudPlan) {
    this.#plan = plan;
  }

  add(machine: CloudMachine): void {
    this.#machines.push(machine);
  }

  /** @param after the last machine of the page before; what ran within the lag is not counted yet. */
  page(span: Span, after: number, now: number): { charges: WireCharge[]; next?: string } {
    const { billLagMs, pageSize } = this.#plan.behaviour;
    const charges: WireCharge[] = [];
    let last = after;
    for (const machine of this.#machines) {
      if (machine.sequence <= after) continue;
      const charge = this.#chargeOf(machine, now - billLagMs);
      if (charge === undefined || !touches(charge, span)) continue;
      if (charges.length === pageSize) return { charges, next: `${last}` };
      charges.push(charge);
      last = machine.sequence;
    }
    return { charges };
  }

  /** By the second from when it ran, and not less than the minimum once it has ended; one that never ran costs nothing. */
  #chargeOf(machine: CloudMachine, countedTo: number): WireCharge | undefined {
    const { pricePerHour } = machine.offer;
    const ended = lastSecondOf(machine);
    const to = Math.min(ended, countedTo);
    if (pricePerHour === null || to <= machine.runsAt) return undefined;
    const ran = Math.ceil((to - machine.runsAt) / 1_000);
    const seconds = to < ended ? ran : Math.max(ran, machine.type.minimumBillingSeconds);
    const amount = decimal(pricePerHour).times(seconds).dividedBy(3_600).toDecimalPlaces(10);
    return {
      id: machine.id,
      product: `${PRODUCT} ${machine.type.name}`,
      from: new Date(machine.runsAt).toISOString(),
      to: new Date(to).toISOString(),
      price: { currency: this.#plan.currency, amount: amount.toFixed() },
    };
  }
}

function touches(charge: WireCharge, { from, to }: Span): boolean {
  return Date.parse(charge.from) < to && Date.parse(charge.to) > from;
}

/** The vendor keeps three addresses of every subnet to itself. */
const KEPT = 3;

export type SubnetPlan = Readonly<{
  id: string;
  name: string;
  zone: string;
  vpcId: string;
  routeTableId: string;
  /** First address as a number, and how many leading bits are fixed. */
  base: number;
  bits: number;
}>;

export class Subnet {
  readonly #returned: number[] = [];
  readonly #size: number;
  #nextOffset = 2;
  #used = 0;
  /** Set by a test: pretends that no more than so many are left. */
  #ceiling: number | undefined;

  constructor(readonly plan: SubnetPlan) {
    this.#size = 2 ** (32 - plan.bits);
  }

  get cidr(): string {
    return `${textOf(this.plan.base)}/${this.plan.bits}`;
  }

  get total(): number {
    return this.#size - KEPT;
  }

  get free(): number {
    return Math.max(0, Math.min(this.total - this.#used, this.#ceiling ?? Infinity));
  }

  limit(free: number | undefined): void {
    this.#ceiling = free;
  }

  /** The caller has looked at `free` before. */
  take(): string {
    this.#used += 1;
    if (this.#ceiling !== undefined) this.#ceiling -= 1;
    const fresh = this.#nextOffset < this.#size - 1;
    // A returned address is used again as late as possible, so that nobody meets a machine of before.
    const offset = fresh ? this.#nextOffset++ : (this.#returned.shift() ?? 0);
    return textOf(this.plan.base + offset);
  }

  giveBack(address: string): void {
    this.#used -= 1;
    if (this.#ceiling !== undefined) this.#ceiling += 1;
    this.#returned.push(numberOf(address) - this.plan.base);
  }
}

export function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

import { CloudError } from './cloud-error.js';

/** IPv4 addresses of one range, handed out in order; a returned one is used again only after the whole round. */
export class AddressPool {
  readonly #first: number;
  readonly #size: number;
  readonly #taken = new Set<string>();
  #next = 0;

  /** Network and broadcast address, and the first host, are kept free. */
  constructor(cidr: string) {
    const [base = '', bits = '32'] = cidr.split('/');
    const mask = Number(bits) === 0 ? 0 : (-1 << (32 - Number(bits))) >>> 0;
    this.#first = ((toNumber(base) & mask) >>> 0) + 2;
    this.#size = Math.max(0, 2 ** (32 - Number(bits)) - 3);
  }

  take(): string {
    for (let tried = 0; tried < this.#size; tried += 1) {
      const address = toText(this.#first + this.#next);
      this.#next = (this.#next + 1) % this.#size;
      if (this.#taken.has(address)) continue;
      this.#taken.add(address);
      return address;
    }
    throw new CloudError('NoFreeAddress', 'the address range is used up');
  }

  giveBack(address: string): void {
    this.#taken.delete(address);
  }

  get free(): number {
    return this.#size - this.#taken.size;
  }
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

/** A stretch of time in which something cost money, at one price. */
export type Usage = {
  readonly resourceId: string;
  readonly region: string;
  readonly zone: string;
  readonly product: 'cvm' | 'cbs' | 'spot';
  readonly component: string;
  readonly chargeType: string;
  readonly fenPerHour: number;
  readonly from: number;
  readonly tags: readonly Readonly<{ Key: string; Value: string }>[];
  readonly name: string;
  to?: number;
};

const HOUR_MS = 3_600_000;

/** What really ran, and for how long: the bill is read from here and from nowhere else. */
export class UsageBook {
  #all: Usage[] = [];
  readonly #open = new Map<string, Usage>();

  clear(): void {
    this.#all = [];
    this.#open.clear();
  }

  begin(usage: Usage): void {
    this.#all.push(usage);
    this.#open.set(`${usage.resourceId}/${usage.component}`, usage);
  }

  end(resourceId: string, at: number): void {
    for (const [key, usage] of this.#open) {
      if (usage.resourceId !== resourceId) continue;
      usage.to = at;
      this.#open.delete(key);
    }
  }

  all(): readonly Usage[] {
    return this.#all;
  }

  /** Fen spent until `now`, to the second, rounded up once per stretch. */
  spentFen(now: number): number {
    return this.#all.reduce((sum, usage) => sum + costFen(usage, usage.from, usage.to ?? now), 0);
  }
}

/** Billed by the second, as the vendor does for what is paid as one goes. */
export function costFen(usage: Usage, from: number, to: number): number {
  const seconds = Math.max(0, Math.ceil((to - from) / 1_000));
  return Math.ceil((usage.fenPerHour * seconds * 1_000) / HOUR_MS);
}

/** What the yard pretends about the cloud; changed at run time through the admin door. */
export type YardSettings = Readonly<{
  /** From launch to `running`. */
  bootDelayMs: number;
  /** From the terminate call to `terminated`. */
  terminateDelayMs: number;
  /** New machines stay out of DescribeInstances for so long. */
  readLagMs: number;
  /** The cloud's clock minus this machine's. */
  clockOffsetMs: number;
  /** Largest page of DescribeInstances, whatever the caller asks for. */
  maxPageSize: number;
  /** vCPUs of running machines over all zones; null: no limit. */
  vcpuLimit: number | null;
  /** Actions that the caller's policy does not allow. */
  deniedActions: readonly string[];
  /** Token buckets per action: `*` is for all that are not named. */
  rates: Readonly<Record<string, BucketSize>>;
}>;

export type BucketSize = Readonly<{ burst: number; perSecond: number }>;

/** AWS's published request buckets, per account, region and action. */
export const DEFAULT_SETTINGS: YardSettings = {
  bootDelayMs: 500,
  terminateDelayMs: 200,
  readLagMs: 0,
  clockOffsetMs: 0,
  maxPageSize: 1000,
  vcpuLimit: null,
  deniedActions: [],
  rates: {
    '*': { burst: 100, perSecond: 20 },
    RunInstances: { burst: 5, perSecond: 2 },
    TerminateInstances: { burst: 100, perSecond: 5 },
  },
};

export type BookedMachine = Readonly<{
  id: string;
  machineType: string;
  zone: string;
  vcpu: number;
  /** Counts launches, so that a listing can go on where it was although machines have ended meanwhile. */
  number: number;
  /** Network interfaces that end with the machine. */
  interfaces: readonly string[];
  bootedAt: number;
  visibleAt: number;
  /** Undefined while nobody has asked for its end. */
  terminatedAt?: number;
}>;

export type OverlaidState = Readonly<{ code: number; name: string }>;

const PENDING: OverlaidState = { code: 0, name: 'pending' };
const SHUTTING_DOWN: OverlaidState = { code: 32, name: 'shutting-down' };

/** Stock, quota and the life of every machine, where the emulator behind has none of it. */
export class CloudBook {
  settings: YardSettings;
  private readonly machines = new Map<string, BookedMachine>();
  private readonly stock = new Map<string, number>();

  constructor(
    private readonly initial: YardSettings,
    private readonly clock: () => number = Date.now,
  ) {
    this.settings = initial;
  }

  reset(): void {
    this.settings = this.initial;
    this.machines.clear();
    this.stock.clear();
  }

  now(): Date {
    return new Date(this.clock() + this.settings.clockOffsetMs);
  }

  change(part: Partial<YardSettings>): void {
    this.settings = { ...this.settings, ...part };
  }

  /** `machines` counts the running ones too; null: unlimited. */
  setStock(machineType: string, zone: string, machines: number | null): void {
    if (machines === null) this.stock.delete(`${machineType}/${zone}`);
    else this.stock.set(`${machineType}/${zone}`, machines);
  }

  stockList(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.stock);
  }

  stockLeft(machineType: string, zone: string): number {
    const all = this.stock.get(`${machineType}/${zone}`);
    if (all === undefined) return Number.POSITIVE_INFINITY;
    return all - this.live().filter((m) => m.machineType === machineType && m.zone === zone).length;
  }

  vcpuLeft(): number {
    if (this.settings.vcpuLimit === null) return Number.POSITIVE_INFINITY;
    return this.settings.vcpuLimit - this.live().reduce((sum, machine) => sum + machine.vcpu, 0);
  }

  add(machine: Omit<BookedMachine, 'number' | 'bootedAt' | 'visibleAt' | 'terminatedAt'>): void {
    const now = this.clock();
    this.machines.set(machine.id, {
      ...machine,
      number: this.machines.size + 1,
      bootedAt: now + this.settings.bootDelayMs,
      visibleAt: now + this.settings.readLagMs,
    });
  }

  /** Returns the interfaces that end now; none when the machine had been ended before. */
  terminate(id: string): readonly string[] {
    const machine = this.machines.get(id);
    if (machine === undefined || machine.terminatedAt !== undefined) return [];
    this.machines.set(id, { ...machine, terminatedAt: this.clock() });
    return machine.interfaces;
  }

  numberOf(id: string): number {
    return this.machines.get(id)?.number ?? 0;
  }

  isTerminated(id: string): boolean {
    return this.machines.get(id)?.terminatedAt !== undefined;
  }

  isVisible(id: string): boolean {
    return this.clock() >= (this.machines.get(id)?.visibleAt ?? 0);
  }

  /** What the caller must see instead of the state that the emulator gives, if anything. */
  overlay(id: string): OverlaidState | undefined {
    const machine = this.machines.get(id);
    if (machine === undefined) return undefined;
    const now = this.clock();
    if (machine.terminatedAt !== undefined) {
      return now < machine.terminatedAt + this.settings.terminateDelayMs ? SHUTTING_DOWN : undefined;
    }
    return now < machine.bootedAt ? PENDING : undefined;
  }

  /** Whether any machine is shown as shutting down that the emulator already calls terminated. */
  anyEnding(): boolean {
    return [...this.machines.keys()].some((id) => this.overlay(id) === SHUTTING_DOWN);
  }

  private live(): BookedMachine[] {
    return [...this.machines.values()].filter((machine) => machine.terminatedAt === undefined);
  }
}

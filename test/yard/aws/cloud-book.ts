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
  /** As `vcpuLimit`, of spot machines. */
  spotVcpuLimit: number | null;
  /** USD per hour, of every machine type in every zone. */
  spotPrice: string;
  /** Events stay out of the event history for so long: minutes in the real service. */
  trailDelayMs: number;
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
  spotVcpuLimit: null,
  spotPrice: '0.0312',
  trailDelayMs: 0,
  deniedActions: [],
  rates: {
    '*': { burst: 100, perSecond: 20 },
    RunInstances: { burst: 5, perSecond: 2 },
    TerminateInstances: { burst: 100, perSecond: 5 },
    // Two a second, and one for calls that the wire brought closer together.
    LookupEvents: { burst: 3, perSecond: 2 },
  },
};

export type BookedMachine = Readonly<{
  id: string;
  machineType: string;
  zone: string;
  vcpu: number;
  spot: boolean;
  /** Counts launches, so that a listing can go on where it was although machines have ended meanwhile. */
  number: number;
  /** Network interfaces that end with the machine. */
  interfaces: readonly string[];
  bootedAt: number;
  visibleAt: number;
  /** Undefined while nobody has asked for its end. */
  terminatedAt?: number;
  /** When the cloud gave notice that it takes this spot machine back. */
  reclaimedAt?: number;
}>;

/** On demand and spot have stock and limits of their own. */
export type Market = 'on-demand' | 'spot';

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
  setStock(machineType: string, zone: string, machines: number | null, market: Market = 'on-demand'): void {
    const key = stockKey(machineType, zone, market);
    if (machines === null) this.stock.delete(key);
    else this.stock.set(key, machines);
  }

  stockList(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.stock);
  }

  stockLeft(machineType: string, zone: string, market: Market): number {
    const all = this.stock.get(stockKey(machineType, zone, market));
    if (all === undefined) return Number.POSITIVE_INFINITY;
    return all - this.live(market).filter((m) => m.machineType === machineType && m.zone === zone).length;
  }

  vcpuLeft(market: Market): number {
    const { vcpuLimit, spotVcpuLimit } = this.settings;
    const limit = market === 'spot' ? spotVcpuLimit : vcpuLimit;
    if (limit === null) return Number.POSITIVE_INFINITY;
    return limit - this.live(market).reduce((sum, machine) => sum + machine.vcpu, 0);
  }

  spotMachines(): readonly BookedMachine[] {
    return [...this.machines.values()].filter(({ spot }) => spot);
  }

  /** Notice is given; who ends the machine is somebody else's business. */
  reclaim(id: string): void {
    const machine = this.machines.get(id);
    if (machine?.spot !== true) throw new Error(`${id} is no spot machine`);
    this.machines.set(id, { ...machine, reclaimedAt: this.clock() });
  }

  isReclaimed(id: string): boolean {
    return this.machines.get(id)?.reclaimedAt !== undefined;
  }

  add(
    machine: Pick<BookedMachine, 'id' | 'machineType' | 'zone' | 'vcpu' | 'interfaces'> &
      Readonly<{ market: Market }>,
  ): void {
    const now = this.clock();
    const { market, ...rest } = machine;
    this.machines.set(machine.id, {
      ...rest,
      spot: market === 'spot',
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

  private live(market: Market): BookedMachine[] {
    return [...this.machines.values()].filter(
      (machine) => machine.terminatedAt === undefined && machine.spot === (market === 'spot'),
    );
  }
}

function stockKey(machineType: string, zone: string, market: Market): string {
  return market === 'spot' ? `${machineType}/${zone}/spot` : `${machineType}/${zone}`;
}

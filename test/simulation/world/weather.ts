import type { DatabaseFate, Doing, Passage, Process, VirtualTime } from '@springtide/twin';
import type { Fault } from './storm.js';
import type { ShortPurchase } from './short-purchase.js';
import type { SimCloud } from './sim-clouds.js';

type Ambush = {
  readonly label: string;
  readonly doing: string | undefined;
  left: number;
  /** What happens there: the process dies, or it is stopped for a while and other things happen. */
  readonly fate: Readonly<{ downMs: number }> | Readonly<{ stopMs: number; meanwhile: readonly Fault[] }>;
  /** Waits until so many processes have died. */
  readonly afterDeaths: number;
};

/** What somebody does. */
export type HandFault = Extract<Fault, { kind: 'command' | 'desk' | 'person' | 'stop-switch' }>;

/** Brings the faults of a story into the world, each in its time. */
export class Weather {
  #startMs = 0;
  #deaths = 0;
  #databaseAwayUntil = 0;
  #commitsToLose = 0;
  readonly #slow: { operation: string; left: number; passage: Passage }[] = [];
  readonly #ambushes: Ambush[] = [];
  /** Late machines of each purchase, by its token: more than it asked for would be another story. */
  readonly #late = new Map<string, number>();
  /** Machines of others: nothing that we do may touch them. */
  readonly foreign: { cloud: SimCloud; id: string }[] = [];

  constructor(
    private readonly parts: Readonly<{
      time: VirtualTime;
      clouds: readonly SimCloud[];
      tell: (line: string) => void;
      onPass: (pass: Readonly<{ label: string; doing: string; atMs: number }>) => void;
      /** Which process carries this number; undefined while it is dead. */
      worker: (at: number) => Process | undefined;
      /** Ends a process; another one takes its place later. */
      died: (process: Process, downMs: number) => void;
      proxyRestart: () => void;
      badGroup: (forMs: number) => void;
      command: (fault: HandFault) => Promise<void>;
      /** A purchase in this account that came to rest with fewer machines than it asked for. */
      shortPurchase: (accountId: string) => ShortPurchase | undefined;
    }>,
  ) {}

  begin(faults: readonly Fault[], startMs: number): void {
    const { time } = this.parts;
    this.#startMs = startMs;
    time.ambush((label, doing) => this.#strikes(label, doing));
    for (const fault of faults) {
      time.background(async () => {
        await time.until(startMs + fault.atMs, `fault ${fault.kind}`);
        this.#bring(fault);
      });
    }
  }

  databaseFate(): DatabaseFate {
    if (this.parts.time.ms < this.#databaseAwayUntil) return 'away';
    if (this.#commitsToLose === 0) return 'fine';
    this.#commitsToLose -= 1;
    return 'answer-lost';
  }

  passage(operation: string): Passage | undefined {
    const slow = this.#slow.find((one) => one.left > 0 && one.operation === operation);
    if (slow === undefined) return undefined;
    slow.left -= 1;
    this.parts.tell(`${operation} takes ${slow.passage.thereMs} ms there and ${slow.passage.backMs} ms back`);
    return slow.passage;
  }

  #strikes(label: string, { what, process }: Doing): boolean {
    this.parts.onPass({ label, doing: what, atMs: this.parts.time.ms - this.#startMs });
    const waits = (one: Ambush) =>
      one.left > 0 && one.label === label && (one.doing ?? what) === what && one.afterDeaths <= this.#deaths;
    const ambush = this.#ambushes.find(waits);
    if (ambush === undefined || process === undefined || process.dead) return false;
    ambush.left -= 1;
    if (ambush.left > 0) return false;
    return this.#befalls(process, `${what} at "${label}"`, ambush.fate);
  }

  #befalls(process: Process, where: string, fate: Ambush['fate']): boolean {
    const { time, tell, died } = this.parts;
    if ('downMs' in fate) {
      this.#deaths += 1;
      tell(`${process.name} dies in ${where}`);
      died(process, fate.downMs);
      return true;
    }
    if (fate.stopMs > 0) {
      process.pausedUntil = Math.max(process.pausedUntil, time.ms + fate.stopMs);
      tell(`${process.name} is stopped in ${where} for ${fate.stopMs} ms`);
    }
    for (const fault of fate.meanwhile) this.#bring(fault);
    return false;
  }

  #bring(fault: Fault): void {
    const { time, tell } = this.parts;
    switch (fault.kind) {
      case 'database':
        this.#databaseAwayUntil = Math.max(this.#databaseAwayUntil, time.ms + fault.forMs);
        return tell(`the database is away for ${fault.forMs} ms`);
      case 'commits':
        this.#commitsToLose += fault.times;
        return tell(`the answers of ${fault.times} commits are lost`);
      case 'slow': {
        const { operation, times, thereMs, backMs } = fault;
        this.#slow.push({ operation, left: times, passage: { thereMs, backMs } });
        return;
      }
      case 'kill-at': {
        const { label, doing, nth: left, downMs, afterDeaths = 0 } = fault;
        this.#ambushes.push({ label, doing, left, fate: { downMs }, afterDeaths });
        return;
      }
      case 'at': {
        const { label, doing, nth: left, stopMs, meanwhile } = fault;
        this.#ambushes.push({ label, doing, left, fate: { stopMs, meanwhile }, afterDeaths: 0 });
        return;
      }
      case 'kill':
      case 'stop':
        return this.#onWorker(fault);
      case 'proxy':
        return this.parts.proxyRestart();
      case 'bad-group':
        this.parts.badGroup(fault.forMs);
        return tell(`requests to bought machines fail for ${fault.forMs} ms`);
      case 'command':
      case 'desk':
      case 'person':
      case 'stop-switch':
        void this.parts.command(fault);
        return;
      case 'call':
      case 'clone':
      case 'cut':
      case 'disk':
      case 'foreign':
      case 'hide-new':
      case 'interrupt':
      case 'late-machines':
      case 'quota':
      case 'room':
      case 'sessions':
      case 'vanish':
        return this.#onCloud(fault);
    }
  }

  #onWorker(fault: Extract<Fault, { kind: 'kill' | 'stop' }>): void {
    const { time, tell, worker, died } = this.parts;
    const process = worker(fault.worker);
    if (process === undefined) return;
    if (fault.kind === 'stop') {
      process.pausedUntil = Math.max(process.pausedUntil, time.ms + fault.forMs);
      return tell(`${process.name} is stopped for ${fault.forMs} ms`);
    }
    tell(`${process.name} is killed`);
    time.kill(process);
    died(process, fault.downMs);
  }

  #onCloud(fault: Extract<Fault, { cloud: number }>): void {
    const target = this.parts.clouds[fault.cloud];
    if (target === undefined) return;
    const { cloud, shape } = target;
    const { zone, machineType } = shape;
    const say = (line: string) => this.parts.tell(`${shape.name}: ${line}`);
    switch (fault.kind) {
      case 'call': {
        const { operation, effect, times, delayMs } = fault;
        cloud.administer({
          action: 'inject',
          operation,
          effect,
          times,
          delayMs: effect === 'delay' ? delayMs : 0,
        });
        return say(
          `${effect} for the next ${times} ${operation}${effect === 'delay' ? ` (${delayMs} ms)` : ''}`,
        );
      }
      case 'room':
        cloud.administer({ action: 'limit-room', zone, machineType, machines: fault.machines });
        this.#later(fault.forMs, () =>
          cloud.administer({ action: 'limit-room', zone, machineType, machines: null }),
        );
        return say(`room for ${fault.machines} more for ${fault.forMs} ms`);
      case 'quota':
        cloud.administer({ action: 'exhaust-quota', on: true });
        this.#later(fault.forMs, () => cloud.administer({ action: 'exhaust-quota', on: false }));
        return say(`the quota is used up for ${fault.forMs} ms`);
      case 'hide-new':
        cloud.administer({ action: 'hide-new', forMs: fault.lagMs });
        this.#later(fault.forMs, () => cloud.administer({ action: 'hide-new', forMs: null }));
        return say(`new machines are invisible for ${fault.lagMs} ms`);
      case 'sessions':
        cloud.administer({ action: 'expire-sessions' });
        return say('all sessions expire');
      case 'foreign':
        return this.#foreign(target, say);
      case 'cut':
        target.cutListings(fault.times);
        return say(`the next ${fault.times} listings of machines are cut off`);
      case 'late-machines':
        return this.#lateMachines(target, fault.machines, say);
      case 'clone':
      case 'vanish':
      case 'interrupt':
      case 'disk':
        return this.#onMachine(fault, target, say);
    }
  }

  /** Others buy where there is room, as we do. */
  #foreign(target: SimCloud, say: (line: string) => void): void {
    try {
      const { id } = target.cloud.administer({ action: 'create-foreign' });
      if (id !== undefined) this.foreign.push({ cloud: target, id });
      say(`somebody else makes ${id}`);
    } catch (thrown) {
      say(`somebody else finds no room: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }

  #lateMachines({ cloud, account }: SimCloud, most: number, say: (line: string) => void): void {
    const short = this.parts.shortPurchase(account.id);
    if (short === undefined) return;
    const token = short.labels['springtide/token'] ?? '';
    const before = this.#late.get(token) ?? 0;
    try {
      for (let n = before; n < Math.min(before + most, short.missing); n += 1) {
        const { id } = cloud.administer({ action: 'create-foreign', labels: short.labels });
        this.#late.set(token, n + 1);
        say(`${id} comes late, of a purchase that was over`);
      }
    } catch (thrown) {
      say(`no room for a late machine: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }

  #onMachine(
    fault: Extract<Fault, { nth: number; cloud: number }>,
    { cloud }: SimCloud,
    say: (line: string) => void,
  ): void {
    const foreign = new Set(this.foreign.map(({ id }) => id));
    const own = cloud.machines().filter((machine) => !foreign.has(machine.id));
    const machine = own[fault.nth % Math.max(1, own.length)];
    if (machine === undefined) return;
    const { id } = machine;
    const { labels } = machine;
    if (fault.kind === 'clone') cloud.administer({ action: 'create-foreign', labels });
    else if (fault.kind === 'vanish') cloud.administer({ action: 'delete-outside', id });
    else if (fault.kind === 'interrupt') cloud.administer({ action: 'interrupt', id });
    else cloud.administer({ action: 'attach-satellite', machineId: id });
    const said = {
      clone: 'is copied with its marks',
      vanish: 'is deleted by somebody else',
      interrupt: 'is taken back',
      disk: 'gets a disk',
    };
    say(`${id} ${said[fault.kind]}`);
  }

  #later(ms: number, work: () => unknown): void {
    const { time } = this.parts;
    time.background(async () => {
      await time.until(time.ms + ms, 'fault over');
      work();
    });
  }
}

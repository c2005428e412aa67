import { createHash } from 'node:crypto';
import { canonicalJson, parseInstant, type Clock, type Instant } from '@springtide/kernel';
import type { CallOptions, Machine, MachineChanges, MachineId } from '@springtide/provider-kit';
import { MACHINE_PROPERTIES, isPlaced, readMachineRecord, toMachine } from './machine-record.js';
import type { MachineRecord } from './machine-record.js';
import { readMachines, type Vsphere } from './machine-search.js';
import type { MoRef } from './soap/soap-connection.js';
import { BEFORE_ALL, UpdateCollector, type UpdateSet } from './vim/update-collector.js';

type News = Omit<MachineChanges<Machine>, 'cursor'>;
type Told = Readonly<{ id: MachineId; fingerprint: string }>;

/** Time for the answer to come back before the caller's deadline. */
const BEFORE_DEADLINE_MS = 1_000;

/**
 * What happens to a region's machines, followed by one property collector. vSphere says which objects changed; what
 * they are now is read anew, so that nothing but ids and fingerprints is kept of them.
 */
export class MachineFeed {
  readonly region: string;
  readonly #vsphere: Vsphere;
  readonly #clock: Clock;
  readonly #collector: UpdateCollector;
  #version = BEFORE_ALL;
  /** By the id of vSphere's object. */
  readonly #told = new Map<string, Told>();
  readonly #touched = new Map<string, MoRef>();
  readonly #left = new Set<string>();
  #sound = true;

  private constructor(vsphere: Vsphere, clock: Clock, region: string, collector: UpdateCollector) {
    this.#vsphere = vsphere;
    this.#clock = clock;
    this.region = region;
    this.#collector = collector;
  }

  static async open(
    vsphere: Vsphere,
    clock: Clock,
    region: string,
    options: CallOptions,
  ): Promise<MachineFeed> {
    const { ref } = await vsphere.sites.recent(region, options.deadline);
    const wish = MACHINE_PROPERTIES;
    const collector = await UpdateCollector.open(vsphere.session, ref, wish, options.deadline);
    return new MachineFeed(vsphere, clock, region, collector);
  }

  /** False once an answer of vSphere's was lost: news may have been in it that is not told again. */
  get isSound(): boolean {
    return this.#sound;
  }

  /** Everything there is; the first question to a feed. */
  async whole(options: CallOptions): Promise<News> {
    const found = new Map<string, MachineRecord>();
    let set: UpdateSet | undefined;
    do {
      if (set !== undefined) await options.more?.();
      set = await this.#ask(0, options.deadline);
      if (set === undefined) break;
      this.#version = set.version;
      for (const { kind, content } of set.updates) {
        if (kind === 'leave') found.delete(content.object.id);
        else found.set(content.object.id, readMachineRecord(content));
      }
    } while (set.truncated);
    const changed = await this.#tell([...found.values()], options.deadline);
    return { changed, gone: [], whole: true };
  }

  /** What changed since the last answer; waits for a first change until shortly before the deadline. */
  async next(options: CallOptions): Promise<News> {
    for (let turn = 0; ; turn += 1) {
      if (turn > 0) await options.more?.();
      const waiting = this.#touched.size + this.#left.size > 0;
      const set = await this.#ask(waiting ? 0 : this.#secondsLeft(options.deadline), options.deadline);
      if (set !== undefined) this.#absorb(set);
      if (set?.truncated === true) continue;
      const news = await this.#news(options);
      const some = news.changed.length + news.gone.length > 0;
      if (some || this.#secondsLeft(options.deadline) === 0) return news;
    }
  }

  async cancelWait(deadline: Instant): Promise<void> {
    await this.#collector.cancelWait(deadline);
  }

  async destroy(deadline: Instant): Promise<void> {
    await this.#collector.destroy(deadline);
  }

  async #ask(seconds: number, deadline: Instant): Promise<UpdateSet | undefined> {
    this.#sound = false;
    const set = await this.#collector.next(this.#version, seconds, deadline);
    this.#sound = true;
    return set;
  }

  #absorb(set: UpdateSet): void {
    this.#version = set.version;
    for (const { kind, content } of set.updates) {
      const { object } = content;
      if (kind === 'leave') {
        this.#touched.delete(object.id);
        this.#left.add(object.id);
      } else {
        this.#left.delete(object.id);
        this.#touched.set(object.id, object);
      }
    }
  }

  /** What was touched stays noted until it could be read. */
  async #news({ deadline, more }: CallOptions): Promise<News> {
    const touched = [...this.#touched.values()];
    if (touched.length > 0) await more?.();
    const records = await readMachines(this.#vsphere, touched, deadline);
    const changed = await this.#tell(records, deadline);
    const gone = [...this.#left, ...records.filter((record) => record.template).map(({ ref }) => ref.id)];
    const ids = gone.flatMap((ref) => this.#told.get(ref)?.id ?? []);
    for (const ref of gone) this.#told.delete(ref);
    for (const ref of touched) this.#touched.delete(ref.id);
    this.#left.clear();
    const still = new Set([...this.#told.values()].map((told) => told.id));
    return { changed, gone: ids.filter((id) => !still.has(id)), whole: false };
  }

  /** Those that look different from what was told of them. */
  async #tell(records: readonly MachineRecord[], deadline: Instant): Promise<readonly Machine[]> {
    // Without a configuration it is still being made; it is touched again when it gets one.
    const machines = records.filter((record) => !record.template && record.instanceUuid !== '');
    const { sites, account } = this.#vsphere;
    const known = await sites.recent(this.region, deadline);
    const moved = machines.some((record) => !isPlaced(record, known));
    const datacenter = moved ? await sites.now(this.region, deadline) : known;
    return machines.flatMap((record) => {
      const machine = toMachine(record, datacenter, account.machineTypes);
      const fingerprint = createHash('sha256').update(canonicalJson(machine)).digest('base64');
      if (this.#told.get(record.ref.id)?.fingerprint === fingerprint) return [];
      this.#told.set(record.ref.id, { id: machine.id, fingerprint });
      return [machine];
    });
  }

  #secondsLeft(deadline: Instant): number {
    const leftMs = parseInstant(deadline).getTime() - BEFORE_DEADLINE_MS - this.#clock.now().getTime();
    return Math.max(0, Math.floor(leftMs / 1_000));
  }
}

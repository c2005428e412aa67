import { WireError } from '../wire/wire-error.js';
import { Accounts } from './accounts.js';
import { Agenda } from './agenda.js';
import { AuditBook } from './audit-book.js';
import { FaultList } from './faults.js';
import { IdSource } from './ids.js';
import { NameBook } from './name-book.js';
import { RateMeter } from './rate-meter.js';
import { Region } from './region.js';
import { changedSettings, type YardSettings } from './settings.js';
import type { Seed } from './seed.js';
import { UsageBook } from './usage-book.js';

export type CloudOptions = Readonly<{
  seed: Seed;
  now: () => number;
  settings?: Partial<YardSettings>;
  /** First two octets of the first region's machines; the next region takes the next number. */
  addressPrefix: string;
}>;

/** Everything that products share: the account, its clock, its regions, and what is still to happen. */
export class Cloud {
  readonly accounts = new Accounts();
  readonly agenda = new Agenda();
  readonly audit = new AuditBook();
  readonly faults = new FaultList();
  readonly rates = new RateMeter();
  readonly usage = new UsageBook();
  readonly seed: Seed;
  settings: YardSettings;
  regions: ReadonlyMap<string, Region>;
  ids: IdSource;
  names: NameBook;
  /** What a data plane or a test found out about `address:port`; it outranks what the cloud would say. */
  readonly toldHealth = new Map<string, boolean>();
  /** Where DescribeClusterKubeconfig leads, by cluster id or name; `*` for all others. */
  readonly kubeconfigs = new Map<string, string>();
  /** So many of the next machines are accepted and then cannot be built. */
  failingBoots = 0;
  #passedMs = 0;
  #lives = 0;

  constructor(private readonly options: CloudOptions) {
    this.seed = options.seed;
    this.settings = changedSettings(options.settings ?? {});
    this.regions = this.#openRegions();
    this.ids = this.#openIds();
    this.names = this.#openNames();
  }

  /** The clock on which machines live. */
  now(): number {
    return this.agenda.actingAt ?? this.options.now() + this.#passedMs;
  }

  /** What the server believes the time is. */
  serverNow(): number {
    return this.now() + this.settings.clockOffsetMs;
  }

  passTime(ms: number): void {
    this.#passedMs += ms;
    this.catchUp();
  }

  /** Lets happen what is due. */
  catchUp(): void {
    this.agenda.advance(this.now());
  }

  /** @throws WireError UnsupportedRegion */
  region(name: string): Region {
    const region = this.regions.get(name);
    if (region !== undefined) return region;
    if (name === '')
      throw new WireError('MissingParameter', 'The request is missing the header X-TC-Region.');
    throw new WireError('UnsupportedRegion', `The region \`${name}\` is not supported.`);
  }

  /** Everything as after the start, in the same account with the same seed; machine ids do not come again. */
  reset(): void {
    this.agenda.clear();
    this.audit.clear();
    this.faults.clear();
    this.rates.clear();
    this.usage.clear();
    this.failingBoots = 0;
    this.settings = changedSettings(this.options.settings ?? {});
    this.regions = this.#openRegions();
    this.ids = this.#openIds();
    this.names = this.#openNames();
    this.toldHealth.clear();
    this.kubeconfigs.clear();
  }

  #openNames(): NameBook {
    return new NameBook(this.seed.domains, this.ids, this.now());
  }

  #openRegions(): ReadonlyMap<string, Region> {
    const [first = '127', second = '60'] = this.options.addressPrefix.split('.');
    const names = Object.keys(this.seed.regions);
    return new Map(
      names.map((name, n) => [name, new Region(name, this.seed, `${first}.${Number(second) + n}`)]),
    );
  }

  #openIds(): IdSource {
    this.#lives += 1;
    return new IdSource(`${this.options.now()}/${this.#lives}`);
  }
}

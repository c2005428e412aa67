import type { RecordedCall } from './admin.js';
import type { Market, YardSettings } from './cloud-book.js';
import type { Fault } from './faults.js';
import type { YardMachine } from './instance-shape.js';
import type { YardSeed } from './seed.js';

/** Client of the yard's admin door; works from any process that knows the endpoint. */
export class AwsYardAdmin {
  constructor(private readonly endpoint: string) {}

  /** The emulator's own list, young and hidden machines included: the truth that tests compare with. */
  machines(): Promise<readonly YardMachine[]> {
    return this.send('GET', 'machines');
  }

  calls(): Promise<readonly RecordedCall[]> {
    return this.send('GET', 'calls');
  }

  addFault(...faults: readonly Fault[]): Promise<readonly Fault[]> {
    return this.send('POST', 'faults', faults);
  }

  clearFaults(): Promise<readonly Fault[]> {
    return this.send('DELETE', 'faults');
  }

  /** `machines` counts the running ones too; null: unlimited. */
  setStock(
    machineType: string,
    zone: string,
    machines: number | null,
    market: Market = 'on-demand',
  ): Promise<Readonly<Record<string, number>>> {
    return this.send('POST', 'stock', { machineType, zone, machines, market });
  }

  change(settings: Partial<YardSettings>): Promise<YardSettings> {
    return this.send('POST', 'settings', settings);
  }

  launchForeign(order: {
    machineType: string;
    zone: string;
    count?: number;
    tags?: Readonly<Record<string, string>>;
  }): Promise<{ ids: string[] }> {
    return this.send('POST', 'foreign', order);
  }

  /** With `attachTo` it belongs to a machine and is kept when that ends. */
  createVolume(order: {
    zone: string;
    tags?: Readonly<Record<string, string>>;
    attachTo?: string;
  }): Promise<{ id: string }> {
    return this.send('POST', 'volumes', order);
  }

  terminate(ids: readonly string[]): Promise<unknown> {
    return this.send('POST', 'terminate', { ids });
  }

  /** The cloud takes spot machines back: notice now, the end `noticeMs` later. */
  reclaim(ids: readonly string[], noticeMs: number): Promise<unknown> {
    return this.send('POST', 'reclaim', { ids, noticeMs });
  }

  /** Everything as after the start; the seed's ids stay the same. */
  reset(): Promise<YardSeed> {
    return this.send('POST', 'reset');
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.endpoint}/_yard/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the yard refused ${method} ${path}: ${text}`);
    return JSON.parse(text) as T;
  }
}

import { request } from 'undici';
import type { YardMachine } from './admin-door.js';
import type { RecordedCall } from './call-log.js';
import type { Fault } from './faults.js';
import type { CloudSettings } from './settings.js';
import type { TrafficTruth } from './traffic-truth.js';
import type { AccessKey } from './wire/access-desk.js';

/** Client of the yard's admin door; works from any process that knows the endpoint. */
export class AlibabaYardAdmin {
  constructor(private readonly endpoint: string) {}

  /** Every machine there is, those that readers do not see yet too: the truth that tests compare with. */
  machines(): Promise<readonly YardMachine[]> {
    return this.send('GET', 'machines');
  }

  calls(): Promise<readonly RecordedCall[]> {
    return this.send('GET', 'calls');
  }

  addFaults(...faults: readonly Fault[]): Promise<readonly Fault[]> {
    return this.send('POST', 'faults', faults);
  }

  clearFaults(): Promise<readonly Fault[]> {
    return this.send('DELETE', 'faults');
  }

  /** `free`: how many more there are; null: plenty. */
  setStock(zone: string, machineType: string, free: number | null): Promise<unknown> {
    return this.send('POST', 'stock', { zone, machineType, free });
  }

  /** Machines that the cloud keeps for the account, as people order them in its console. */
  keepPool(
    order: Readonly<{
      zone: string;
      machineType: string;
      machines: number;
      kind?: 'reservation' | 'assurance';
      open?: boolean;
      platform?: string;
      beginsInMs?: number;
      endsInMs?: number;
      hours?: readonly [number, number];
    }>,
  ): Promise<Readonly<{ id: string }>> {
    return this.send('POST', 'private-pools', order);
  }

  change(settings: Partial<CloudSettings>): Promise<CloudSettings> {
    return this.send('POST', 'settings', settings);
  }

  /** The life of everything in the cloud moves on; its watch does not. */
  advance(ms: number): Promise<unknown> {
    return this.send('POST', 'time', { advanceMs: ms });
  }

  /** Addresses of a vswitch that somebody else uses up. */
  occupyAddresses(vswitchId: string, addresses: number): Promise<Readonly<{ free: number }>> {
    return this.send('POST', 'addresses', { vswitchId, addresses });
  }

  /** A key pair, new or replaced, perhaps with less than all permissions. */
  putKey(key: AccessKey): Promise<unknown> {
    return this.send('POST', 'keys', key);
  }

  /** Machines that somebody else made. */
  createForeign(
    order: Readonly<{
      machineType: string;
      zone: string;
      count?: number;
      tags?: Readonly<Record<string, string>>;
      spot?: boolean;
      /** At once, without booting. */
      running?: boolean;
    }>,
  ): Promise<Readonly<{ ids: readonly string[] }>> {
    return this.send('POST', 'foreign', order);
  }

  /** Somebody else takes them away: they are gone at once. */
  release(ids: readonly string[]): Promise<unknown> {
    return this.send('POST', 'release', { ids });
  }

  /** The cloud takes spot machines back, after its notice. */
  reclaim(ids: readonly string[]): Promise<unknown> {
    return this.send('POST', 'reclaim', { ids });
  }

  createDisk(
    order: Readonly<{
      zone: string;
      tags?: Readonly<Record<string, string>>;
      attachTo?: string;
      deleteWithInstance?: boolean;
    }>,
  ): Promise<Readonly<{ id: string }>> {
    return this.send('POST', 'disks', order);
  }

  /** A second network interface of a machine; it outlives it. */
  createInterface(
    machineId: string,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<Readonly<{ id: string }>> {
    return this.send('POST', 'interfaces', { machineId, tags });
  }

  /** A public address of a machine; it outlives it. */
  createEip(
    machineId: string,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<Readonly<{ id: string }>> {
    return this.send('POST', 'eips', { machineId, tags });
  }

  /** Every cluster there is, past all that a reader may not see. */
  clusters(): Promise<readonly Readonly<{ id: string; name: string; state: string }>[]> {
    return this.send('GET', 'clusters');
  }

  /** What leads to a real API server, for clusters of that name or for all. */
  setKubeconfig(config: string, cluster?: string): Promise<unknown> {
    return this.send('POST', 'kubeconfig', { config, ...(cluster === undefined ? {} : { cluster }) });
  }

  /** Whether a member of a load balancer answers, as its health check would find. */
  setHealth(address: string, port: number, healthy: boolean): Promise<unknown> {
    return this.send('POST', 'health', { address, port, healthy });
  }

  /** What a data plane would do now: listeners, rules, groups, members, names. */
  traffic(): Promise<TrafficTruth> {
    return this.send('GET', 'traffic');
  }

  state(): Promise<Readonly<Record<string, unknown>>> {
    return this.send('GET', 'state');
  }

  /** As after the start. Keys stay. */
  reset(): Promise<unknown> {
    return this.send('POST', 'reset');
  }

  private async send<T>(method: 'GET' | 'POST' | 'DELETE', door: string, input?: unknown): Promise<T> {
    const answer = await request(`${this.endpoint}/_yard/${door}`, {
      method,
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`the yard answered ${answer.statusCode}: ${text}`);
    return JSON.parse(text) as T;
  }
}

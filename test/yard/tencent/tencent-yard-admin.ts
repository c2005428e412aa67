import type { AccountCredential } from './cloud/accounts.js';
import type { Fault } from './cloud/faults.js';
import type { YardSettings } from './cloud/settings.js';
import type { YardBalancer, YardName } from './admin/balancer-view.js';
import type { RecordedCall } from './admin/call-log.js';
import type { YardMachine } from './admin/machine-view.js';

type Tags = Readonly<Record<string, string>>;

/** Client of the yard's admin door; works from any process that knows the endpoint. */
export class TencentYardAdmin {
  constructor(private readonly endpoint: string) {}

  /** Every machine that there is, hidden and failed ones too: the truth that tests compare with. */
  machines(): Promise<readonly YardMachine[]> {
    return this.send('GET', 'machines');
  }

  calls(): Promise<readonly RecordedCall[]> {
    return this.send('GET', 'calls');
  }

  addFault(fault: Partial<Fault> & Pick<Fault, 'action' | 'kind'>): Promise<readonly Fault[]> {
    return this.send('POST', 'faults', fault);
  }

  /** Failing boots too. */
  clearFaults(): Promise<readonly Fault[]> {
    return this.send('DELETE', 'faults');
  }

  change(settings: Partial<YardSettings>): Promise<YardSettings> {
    return this.send('POST', 'settings', settings);
  }

  /** Room for so many more machines; null: as many as one likes. */
  setStock(
    zone: string,
    machineType: string,
    machines: number | null,
  ): Promise<Readonly<Record<string, number>>> {
    return this.send('POST', 'stock', { zone, machineType, machines });
  }

  /** Pretends that a subnet has only so many addresses left; null: what it really has. */
  limitSubnet(id: string, free: number | null): Promise<unknown> {
    return this.send('POST', 'subnets', { id, free });
  }

  launchForeign(order: {
    zone: string;
    machineType: string;
    count?: number;
    name?: string;
    tags?: Tags;
  }): Promise<{ ids: readonly string[] }> {
    return this.send('POST', 'foreign', order);
  }

  /** With `attachTo` it belongs to a machine, has its tags, and is kept when that ends. */
  createDisk(order: { zone: string; tags?: Tags; attachTo?: string }): Promise<{ id: string }> {
    return this.send('POST', 'disks', order);
  }

  /** A public address that is bound to a machine, has its tags, and is kept when that ends. */
  bindAddress(machineId: string): Promise<{ id: string }> {
    return this.send('POST', 'addresses', { attachTo: machineId });
  }

  /** A second network interface of a machine, with its tags, that is kept when that ends. */
  createInterface(machineId: string): Promise<{ id: string }> {
    return this.send('POST', 'interfaces', { attachTo: machineId });
  }

  /** Load balancers with listeners, rules, targets and weights; `revision` rises with each change that took effect. */
  balancers(): Promise<readonly YardBalancer[]> {
    return this.send('GET', 'balancers');
  }

  /** DNS records of all zones. */
  names(): Promise<readonly YardName[]> {
    return this.send('GET', 'names');
  }

  /** What a data plane found out about a target; null: what the cloud itself would say. */
  tellHealth(ip: string, port: number, alive: boolean | null): Promise<unknown> {
    return this.send('POST', 'health', { ip, port, alive });
  }

  /** Every cluster there is, past all that a reader may not see. */
  clusters(): Promise<readonly Readonly<{ id: string; name: string; state: string }>[]> {
    return this.send('GET', 'clusters');
  }

  /** Where a cluster's kubeconfig leads, by its id or name; left out: all clusters'. */
  setKubeconfig(kubeconfig: string, cluster = '*'): Promise<unknown> {
    return this.send('POST', 'kubeconfigs', { cluster, kubeconfig });
  }

  terminate(ids: readonly string[]): Promise<{ ids: readonly string[] }> {
    return this.send('POST', 'terminate', { ids });
  }

  /** The cloud wants spot machines back: they end after `spotNoticeMs`. */
  reclaim(ids: readonly string[]): Promise<{ ids: readonly string[] }> {
    return this.send('POST', 'reclaim', { ids });
  }

  /** So many of the next machines are accepted and then end as LAUNCH_FAILED. */
  failNextBoots(count: number): Promise<unknown> {
    return this.send('POST', 'failing-boots', { count });
  }

  passTime(ms: number): Promise<{ now: number }> {
    return this.send('POST', 'pass-time', { ms });
  }

  /** A secret with a session token or a CAM policy, or another key for a known secret. */
  putCredential(credential: AccountCredential): Promise<unknown> {
    return this.send('POST', 'credentials', credential);
  }

  removeCredential(secretId: string): Promise<unknown> {
    return this.send('DELETE', 'credentials', { secretId });
  }

  /** Everything as after the start; the seed's ids stay the same. */
  reset(): Promise<unknown> {
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

import { SpringtideError } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import {
  collectComplete,
  connectAccount,
  type CloudClient,
  type LaunchBatch,
  type ProviderManifest,
  type Resource,
  type ResourceKind,
} from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { askVsphereOracle, type OracleMachine } from './oracle.js';
import { vsphereAccount } from './vsphere-account.js';
import { VsphereAdmin } from './vsphere-admin.js';
import { startVsphereYard, type VsphereYard, type VsphereYardOptions } from './vsphere-yard.js';

/** A yard of one's own with a connected account, and the words in which specs speak of it. */
export class VsphereBench {
  readonly scope = { region: 'DC0' };
  readonly #gate = loopbackGate();
  readonly #clients: CloudClient[] = [];
  #batches = 0;

  private constructor(
    readonly manifest: ProviderManifest,
    readonly yard: VsphereYard,
    readonly admin: VsphereAdmin,
  ) {}

  static async start(manifest: ProviderManifest, options: VsphereYardOptions = {}): Promise<VsphereBench> {
    const yard = await startVsphereYard({ bootDelayMs: 100, hostMemoryMiB: 16_384, ...options });
    return new VsphereBench(manifest, yard, new VsphereAdmin(yard.adminUrl));
  }

  async connect(changes: Readonly<Record<string, unknown>> = {}): Promise<CloudClient> {
    const { settings, secret } = vsphereAccount(this.yard, changes);
    const context = { account: 'bench', clock: systemClock, gate: this.#gate, log: silentLogger };
    const client = await connectAccount(this.manifest, settings, secret, {
      ...context,
      policy: { readAttempts: 1 },
    });
    this.#clients.push(client);
    return client;
  }

  batch(changes: Partial<LaunchBatch> = {}): LaunchBatch {
    this.#batches += 1;
    const token = `token-${this.#batches}`;
    return {
      token,
      region: this.yard.datacenter,
      zone: 'DC0_C1',
      machineType: 'private.medium',
      purchaseOption: 'private',
      count: 1,
      minimum: 1,
      namePrefix: `shop-${this.#batches}`,
      image: this.yard.template,
      securityGroups: [],
      ownership: { installation: 'bench', tenant: 'acme', intent: `intent-${this.#batches}`, token },
      labels: {},
      ...changes,
    };
  }

  /** What pyvmomi sees of a batch's machines. */
  async made(batch: Pick<LaunchBatch, 'token'>): Promise<readonly OracleMachine[]> {
    const machines = await askVsphereOracle(this.yard);
    return machines.filter((machine) => machine.marks['token'] === batch.token);
  }

  /** The id of the host of this name, as pyvmomi's world and REST know it. */
  async host(client: CloudClient, name: string): Promise<string> {
    const hosts = await this.resources(client, 'host');
    return hosts.find((host) => host.name === name)?.id ?? '';
  }

  async resources(client: CloudClient, kind: ResourceKind): Promise<readonly Resource[]> {
    return collectComplete(client.resources.listResources({ ...this.scope, kind }), kind);
  }

  /** Every fault, and every shortage of memory or space, is taken back. */
  async settle(): Promise<void> {
    await this.admin.reset();
    for (const zone of this.yard.zones) await this.admin.leaveRoom(zone, null);
    await this.admin.leaveSpace('LocalDS_0', null);
    await this.admin.maintainDatastore('LocalDS_0', false);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.#gate.close();
    await this.yard.stop();
  }
}

/** The error that the work ended with; a work that succeeds is a failed test. */
export async function refusalOf(work: Promise<unknown>): Promise<SpringtideError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(SpringtideError);
  return thrown as SpringtideError;
}

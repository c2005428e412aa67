import { randomInt } from 'node:crypto';
import type { AccountService, CredentialVault } from '@springtide/accounts';
import { BuiltClusterSpec, type BuiltClusterBody, type BuiltClusterInput } from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import {
  SpringtideError,
  addMs,
  asSpringtideError,
  canonicalJson,
  toInstant,
  type Clock,
} from '@springtide/kernel';
import { jobContext, newId, type Database, type RequestContext } from '@springtide/platform';
import { z } from 'zod';
import type { BuiltClusterMachines } from './built-cluster-machines.js';
import type { ClusterDiscovery, Discovered } from './cluster-discovery.js';
import type { ClusterService } from './cluster.service.js';
import type { BuiltClusterEntity } from './data/built-cluster.entity.js';
import {
  builtClustersAmong,
  changeBuiltCluster,
  findBuiltCluster,
  insertBuiltCluster,
  listBuiltClusters,
  mustFindBuiltCluster,
} from './data/built-cluster.repository.js';
import { controlPlaneUserData, joinUserData } from './domain/index.js';

type Parts = Readonly<{
  database: Database;
  vault: CredentialVault;
  accounts: AccountService;
  clusters: ClusterService;
  machines: BuiltClusterMachines;
  discovery: ClusterDiscovery;
  clock: Clock;
}>;

type Reached = Readonly<{ step: string; machines: number; ready: number }>;

const API_PORT = 6_443;
const MINUTE_MS = 60_000;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const tokensSchema = z.object({ join: z.string(), access: z.string() });
type Tokens = z.infer<typeof tokensSchema>;

/**
 * Clusters on machines of any cloud, for a time. Whoever asks how one is doing carries it on; nothing of it is lost when
 * nobody asks: machines that are not ready in time, and all of them at the end, are taken back by their leases.
 */
export class BuiltClusterService {
  constructor(private readonly parts: Parts) {}

  /** The same order under the same name again is the same cluster. @throws already-exists for another order. */
  async build(ctx: RequestContext, input: BuiltClusterInput): Promise<BuiltClusterBody> {
    requirePermission(ctx, 'cluster:write');
    const known = await this.parts.database.unitOfWork(ctx, async (tx) => findBuiltCluster(tx, input.name));
    const row = known ?? (await this.decide(ctx, input));
    if (canonicalJson(row.spec) !== canonicalJson(BuiltClusterSpec.parse(input))) {
      throw new SpringtideError(
        'already-exists',
        `a cluster ${input.name} is built from another order; nothing was bought`,
        { nextStep: 'Choose another name, or take that one back first.' },
      );
    }
    await this.parts.machines.openMandate(row, input.budget);
    return await this.advance(ctx, row.id);
  }

  async list(ctx: RequestContext): Promise<readonly BuiltClusterBody[]> {
    requirePermission(ctx, 'cluster:read');
    const rows = await this.parts.database.unitOfWork(ctx, async (tx) => listBuiltClusters(tx));
    return rows.map((row) => toBody(row));
  }

  /** Does what can be done now. Repeated until the state is `ready`, or `gone`. */
  async advance(ctx: RequestContext, id: string): Promise<BuiltClusterBody> {
    requirePermission(ctx, 'cluster:write');
    const row = await this.find(ctx, id);
    if (row.state === 'releasing') return await this.release(ctx, id);
    if (row.state === 'gone') return toBody(row);
    try {
      if (row.state === 'building') this.refuseLate(row);
      const reached = await this.carryOn(ctx, row);
      return toBody(await this.find(ctx, id), reached);
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (row.state === 'ready' || error.retry === 'same' || error.effect === 'maybe') throw error;
      await this.change(ctx, id, { state: 'releasing', problem: error.message });
      return await this.release(ctx, id);
    }
  }

  /** Takes all of it back. Repeated until the state is `gone`. */
  async release(ctx: RequestContext, id: string): Promise<BuiltClusterBody> {
    requirePermission(ctx, 'cluster:write');
    const before = await this.find(ctx, id);
    if (before.state === 'gone') return toBody(before);
    if (before.state !== 'releasing') await this.audit(ctx, 'cluster.take-back', before.id, before.spec);
    const row = await this.change(ctx, id, { state: 'releasing', secret: null });
    if (row.clusterId !== null) await this.parts.accounts.disable(ctx, row.clusterId);
    const left = await this.parts.machines.takeBack(row);
    if (left > 0) return toBody(row, { step: `${left} machines are leaving`, machines: left, ready: 0 });
    return toBody(await this.change(ctx, id, { state: 'gone' }));
  }

  /** @returns the runs among them that are no clusters: those somebody else takes back. */
  async takeBackLapsed(tenantId: string, runIds: readonly string[]): Promise<readonly string[]> {
    if (runIds.length === 0) return [];
    const ctx = jobContext('built-clusters', tenantId, 'built-clusters');
    const { database } = this.parts;
    const own = await database.unitOfWork(ctx, async (tx) => builtClustersAmong(tx, runIds));
    for (const id of own) await this.release(ctx, id);
    return runIds.filter((id) => !own.includes(id));
  }

  private async carryOn(ctx: RequestContext, row: BuiltClusterEntity): Promise<Reached> {
    if (row.state === 'ready') return await this.count(ctx, row, row.spec.nodes + 1);
    const { name, spec } = row;
    const { podCidr, serviceCidr, version } = spec;
    const tokens = await this.tokensOf(row);
    const plan = { name, version, podCidr, serviceCidr, token: tokens.join };
    const given = spec.endpoint === undefined ? {} : { endpoint: spec.endpoint };
    const { podNetwork } = spec;
    const network = podNetwork === undefined ? {} : { podNetwork };
    const first = controlPlaneUserData({ ...plan, ...given, ...network, accessToken: tokens.access });
    const head = await this.parts.machines.buy(row, 'control-plane', 1, first);
    if (head === 'open') return waiting('the cloud has not said yet whether there is a first machine', 0);
    const [address] = head.addresses;
    if (address === undefined) return waiting('the first machine starts', head.machines);
    const endpoint = spec.endpoint ?? `${address}:${API_PORT}`;
    const found = await this.parts.discovery.find(endpoint, tokens.join);
    if (found === undefined)
      return waiting(`the control plane does not answer at ${endpoint} yet`, head.machines);
    const joining = { ...plan, endpoint, caHash: found.caHash, labels: spec.labels };
    const members = await this.parts.machines.buy(row, 'nodes', spec.nodes, joinUserData(joining));
    if (members === 'open')
      return waiting('the cloud has not said yet whether there are machines to join', 1);
    const registered = await this.register(ctx, row, endpoint, found, tokens);
    const machines = head.machines + members.machines;
    if (registered === undefined) return waiting('the first machine has not made our user yet', machines);
    const reached = await this.count(ctx, registered, machines);
    if (reached.ready >= spec.nodes) await this.finish(ctx, registered);
    return reached;
  }

  private async count(ctx: RequestContext, row: BuiltClusterEntity, machines: number): Promise<Reached> {
    const ready = await this.parts.clusters.readyMembers(ctx, row.clusterId ?? '');
    const step = ready >= row.spec.nodes ? 'ready' : `${ready} of ${row.spec.nodes} nodes are ready`;
    return { step, machines, ready };
  }

  private async finish(ctx: RequestContext, row: BuiltClusterEntity): Promise<void> {
    await this.parts.machines.keepUntil(row);
    await this.change(ctx, row.id, { state: 'ready', secret: null }, ['building']);
  }

  /** Once; whoever died after registering and before noting it finds what was registered under the name. */
  private async register(
    ctx: RequestContext,
    row: BuiltClusterEntity,
    endpoint: string,
    { caPem }: Discovered,
    tokens: Tokens,
  ): Promise<BuiltClusterEntity | undefined> {
    if (row.clusterId !== null) return row;
    const kubeconfig = await this.parts.discovery.fetchKubeconfig(endpoint, caPem, tokens.access);
    if (kubeconfig === undefined) return undefined;
    const name = `${row.name} (${row.id.slice(0, 8)})`;
    const known = (await this.parts.clusters.list(ctx)).find((cluster) => cluster.name === name);
    const { id } =
      known ?? (await this.parts.clusters.register(ctx, { name, kubeconfig, region: row.spec.region }));
    return await this.change(ctx, row.id, { clusterId: id }, ['building']);
  }

  private async decide(ctx: RequestContext, input: BuiltClusterInput): Promise<BuiltClusterEntity> {
    const { tenantId } = ctx;
    const { database, vault, clock } = this.parts;
    const at = toInstant(clock.now());
    const { accountId, name } = input;
    const readyBy = addMs(at, input.readyWithinMinutes * MINUTE_MS);
    if (input.until <= readyBy) {
      throw new SpringtideError(
        'invalid-argument',
        `the cluster would end at ${input.until}, before it has to be ready (${readyBy}); no machine was asked for`,
      );
    }
    await this.parts.accounts.get(ctx, accountId);
    const id = newId();
    const secret = await vault.seal({ tenantId, accountId: id, version: 1 }, newTokens());
    const spec = BuiltClusterSpec.parse(input);
    const dates = { readyBy: new Date(readyBy), until: new Date(input.until), createdAt: new Date(at) };
    const fresh = { id, tenantId, accountId, name, spec, secret, clusterId: null, problem: null, ...dates };
    const row: BuiltClusterEntity = { ...fresh, state: 'building' };
    await database.unitOfWork(ctx, async (tx) => {
      await insertBuiltCluster(tx, row);
      await recordAudit(tx, ctx, {
        action: 'cluster.build',
        target: { kind: 'cluster', id },
        after: spec,
        at,
      });
    });
    return row;
  }

  private refuseLate({ name, readyBy }: BuiltClusterEntity): void {
    if (this.parts.clock.now() < readyBy) return;
    throw new SpringtideError(
      'failed-precondition',
      `cluster ${name} was not ready by ${toInstant(readyBy)}; its machines are taken back`,
      {
        retry: 'never',
        nextStep:
          'See that a pod network comes with the order or lies in the image, look at the boot log of its first machine, then build it again.',
      },
    );
  }

  /** @throws failed-precondition once they are forgotten. */
  private async tokensOf({ id, tenantId, secret }: BuiltClusterEntity): Promise<Tokens> {
    if (secret === null) throw new SpringtideError('failed-precondition', 'the cluster is being taken back');
    return tokensSchema.parse(await this.parts.vault.open({ tenantId, accountId: id, version: 1 }, secret));
  }

  private async find(ctx: RequestContext, id: string): Promise<BuiltClusterEntity> {
    return await this.parts.database.unitOfWork(ctx, async (tx) => mustFindBuiltCluster(tx, id));
  }

  private async change(
    ctx: RequestContext,
    id: string,
    changes: Parameters<typeof changeBuiltCluster>[3],
    from: Parameters<typeof changeBuiltCluster>[2] = ['building', 'ready', 'releasing'],
  ): Promise<BuiltClusterEntity> {
    return await this.parts.database.unitOfWork(ctx, async (tx) => changeBuiltCluster(tx, id, from, changes));
  }

  private async audit(ctx: RequestContext, action: string, id: string, before: unknown): Promise<void> {
    const at = toInstant(this.parts.clock.now());
    await this.parts.database.unitOfWork(ctx, async (tx) => {
      await recordAudit(tx, ctx, { action, target: { kind: 'cluster', id }, before, at });
    });
  }
}

function waiting(step: string, machines: number): Reached {
  return { step, machines, ready: 0 };
}

function newTokens(): Tokens {
  return { join: newToken(), access: newToken() };
}

function newToken(): string {
  const letters = (count: number): string =>
    Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
  return `${letters(6)}.${letters(16)}`;
}

function toBody(row: BuiltClusterEntity, reached?: Reached): BuiltClusterBody {
  const { id, accountId, name, spec, state, problem, clusterId } = row;
  return {
    id,
    accountId,
    name,
    region: spec.region,
    zone: spec.zone,
    state,
    step: reached?.step ?? state,
    problem,
    nodes: { wanted: spec.nodes, machines: reached?.machines ?? 0, ready: reached?.ready ?? 0 },
    clusterId,
    readyBy: toInstant(row.readyBy),
    until: toInstant(row.until),
  };
}

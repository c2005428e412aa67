import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { EffectLedger, PostgresEffectStore, effectsSchema } from '@springtide/effects';
import { addMs, money, toInstant, zero } from '@springtide/kernel';
import {
  Roles1760000000000,
  createEndpointGate,
  newId,
  silentLogger,
  systemClock,
} from '@springtide/platform';
import { connectAccount, type CloudClient } from '@springtide/provider-kit';
import { testDatabase, type TestDatabase } from '@springtide/testing';
import {
  examplePublicCloud,
  manifest,
  type CloudPlanInput,
  type SimulatedCloud,
} from '../../providers/simulated/index.js';
import { startSimulatedYard, type SimulatedYard } from '../yard/simulated/simulated-yard.js';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import { startProcess, type RunningProcess } from '../yard/tools/process.js';
import { FaultProxy } from './fault-proxy.js';
import { ACCOUNT, INSTALLATION, POLICY, POOL, TENANT, type LedgerOrder } from './ledger-order.js';
import { LEDGER_WORK } from './ledger-work.js';

export type Run = LedgerOrder['runs'][number];

/** A process that has begun to work through the ledger. */
export type LedgerProcess = Readonly<{
  process: RunningProcess;
  /** It waits at the fail point that was asked for. Rejects when it came to its end without. */
  reached: Promise<void>;
  /** It waits there so many times. */
  allReached(times: number): Promise<void>;
  /** What it came to. Rejects when it ended without. */
  answer: Promise<unknown>;
}>;

type Orders = Readonly<{
  work: LedgerOrder['work'];
  runs: readonly Run[];
  fence?: number;
  failPoint?: string;
}>;

/** PostgreSQL, a cloud behind HTTP with a fault proxy before it, and processes that buy there and die. */
export class LedgerWorld {
  /** Machines that the cloud ever had, by intent, as it says itself. */
  readonly everMade = new Map<string, Set<string>>();
  readonly #census: NodeJS.Timeout;

  private constructor(
    readonly database: TestDatabase,
    readonly proxy: FaultProxy,
    readonly cloud: SimulatedCloud,
    readonly ledger: EffectLedger,
    readonly client: CloudClient,
    private readonly yard: SimulatedYard,
  ) {
    this.#census = setInterval(() => this.look(), 40);
  }

  /**
   * @param plan of the cloud, where it is not the small one of the examples.
   * @param books migrated already; left out: some of its own. They are dropped with the world.
   */
  static async open(plan: Partial<CloudPlanInput> = {}, books?: TestDatabase): Promise<LedgerWorld> {
    const parts = [{ entities: [], migrations: [Roles1760000000000] }, effectsSchema];
    const behaviour = { bootMs: 200, terminateMs: 200, survivingDisks: 1, ...plan.behaviour };
    const [database, yard] = await Promise.all([
      books ?? testDatabase(parts),
      startSimulatedYard({ clouds: { shop: examplePublicCloud({ ...plan, behaviour }) } }),
    ]);
    const cloud = yard.cloud('shop');
    if (cloud === undefined) throw new Error('the yard has no cloud');
    const proxy = await FaultProxy.start();
    proxy.before(yard.url);
    // The world itself looks at the cloud past the faults.
    const gate = createEndpointGate({ openHostPorts: [new URL(yard.url).host], privateRanges: [] });
    const context = { account: ACCOUNT, clock: systemClock, gate, log: silentLogger };
    const settings = { endpoint: yard.endpointOf('shop') };
    const client = await connectAccount(manifest, settings, cloud.plan.credentials, context);
    const ledger = new EffectLedger({
      store: new PostgresEffectStore(database.database),
      clouds: { open: async () => await Promise.resolve(client) },
      clock: systemClock,
      newId,
      installation: INSTALLATION,
      policy: POLICY,
      log: silentLogger,
    });
    return new LedgerWorld(database, proxy, cloud, ledger, client, yard);
  }

  async newRun(machines = 3): Promise<Run> {
    const runId = randomUUID();
    const none = zero('CNY');
    const mandate = await this.ledger.openMandate({
      id: randomUUID(),
      tenantId: TENANT,
      campaignId: null,
      runId,
      approvalId: null,
      planHash: 'chaos',
      poolIds: [POOL],
      maxMachines: machines,
      budget: money('CNY', '1000'),
      maxPerHour: money('CNY', '1000'),
      validUntil: addMs(toInstant(new Date()), 3_600_000),
      state: 'open',
      machines: 0,
      reserved: none,
      committed: none,
      perHour: none,
    });
    await this.ledger.takeFence(TENANT, runId, 'first owner');
    return { runId, mandateId: mandate.id, machines };
  }

  async start({ work, runs, fence = 1, failPoint }: Orders): Promise<LedgerProcess> {
    const order: LedgerOrder = {
      work,
      runs,
      fence,
      database: this.database.ownerUrl,
      endpoint: `${this.proxy.url}/clouds/shop`,
      credentials: this.cloud.plan.credentials,
    };
    const lines = new EventEmitter();
    const said = async (pattern: RegExp): Promise<string> =>
      await new Promise((resolve) => {
        lines.on('line', (line: string) => {
          const found = pattern.exec(line);
          if (found !== null) resolve(found[1] ?? '');
        });
      });
    const last: string[] = [];
    lines.on('line', (line: string) => last.splice(0, Math.max(0, last.push(line) - 5)));
    const done = said(/^done: (.*)$/);
    const counting = reachCounter(lines);
    const child = await startProcess({
      name: work,
      command: process.execPath,
      args: [...nodeArguments(import.meta.dirname, 'ledger-process.main'), JSON.stringify(order)],
      env: failPoint === undefined ? {} : { SPRINGTIDE_FAIL_POINTS: failPoint },
      ready: (line) => line === 'begun',
      readyTimeoutMs: 60_000,
      onLine: (line) => lines.emit('line', line),
    });
    const ended = child.exited.then(async () => {
      await wait(50);
      throw new Error(`a process that should ${work} ended too soon: ${last.join(' | ')}`);
    });
    const quiet = <T>(promise: Promise<T>): Promise<T> => {
      promise.catch(() => undefined);
      return promise;
    };
    return {
      process: child,
      reached: quiet(Promise.race([counting(1), ended])),
      allReached: async (times) => await Promise.race([counting(times), ended]),
      answer: quiet(Promise.race([done.then((text) => JSON.parse(text) as unknown), ended])),
    };
  }

  /** The same work by a process that does not die: this one. */
  async finish({ work, runs, fence = 1 }: Orders): Promise<unknown> {
    return await LEDGER_WORK[work](this.ledger, { runs, fence });
  }

  look(): void {
    for (const { id, labels } of this.cloud.machines()) {
      const intent = labels['springtide/intent'];
      if (intent === undefined) continue;
      this.everMade.set(intent, (this.everMade.get(intent) ?? new Set()).add(id));
    }
  }

  /** What the cloud itself and the rows say that must not be, once everything of these runs was brought back. */
  async leftovers(runs: readonly Run[]): Promise<readonly string[]> {
    this.look();
    const wrong: string[] = [];
    for (const { runId, machines } of runs) {
      const intents = await this.ledger.listIntents(TENANT, { runId, kind: 'create' });
      const made = intents.flatMap(({ id }) => [...(this.everMade.get(id) ?? [])]);
      if (made.length !== machines) wrong.push(`${made.length} machines made for ${machines}`);
      const own = new Set(intents.map(({ id }) => id));
      const left = this.cloud.machines().filter(({ labels }) => own.has(labels['springtide/intent'] ?? ''));
      if (left.length > 0) wrong.push(`${left.length} machines left`);
      for (const { step, state } of intents) if (state !== 'released') wrong.push(`${step} is ${state}`);
      const mandate = await this.ledger.findMandate(TENANT, runId);
      if (mandate?.machines !== 0) wrong.push(`${mandate?.machines} machines hold room in the books`);
      if (Number(mandate?.reserved.amount) !== 0) wrong.push(`${mandate?.reserved.amount} is still reserved`);
    }
    return wrong;
  }

  async close(): Promise<void> {
    clearInterval(this.#census);
    await this.client.close();
    await this.proxy.stop();
    await this.yard.close();
    await this.database.drop();
  }
}

function reachCounter(lines: EventEmitter): (times: number) => Promise<void> {
  let reached = 0;
  lines.on('line', (line: string) => {
    if (!line.startsWith('fail point reached: ')) return;
    reached += 1;
    lines.emit('reached');
  });
  return async (times) =>
    await new Promise((resolve) => {
      const look = (): void => {
        if (reached >= times) resolve();
      };
      lines.on('reached', look);
      look();
    });
}

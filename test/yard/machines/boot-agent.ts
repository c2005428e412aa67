import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { AnsweringMachine } from './answering-machine.js';
import type { MachineCapacity } from './capacity.js';
import type { MachineRole } from './machine-role.js';
import type { ListedMachine, MachineSource } from './machine-source.js';

export type BootAgentOptions = Readonly<{
  sources: readonly MachineSource[];
  capacities: Readonly<Record<string, MachineCapacity>>;
  port: number;
  bootMs: number;
  pollMs: number;
  /** What user data can make of a machine. */
  roles?: readonly MachineRole[];
  log: (message: string) => void;
}>;

export type MachineView = Readonly<{
  id: string;
  source: string;
  machineType: string;
  address: string;
  port: number;
  state: 'booting' | 'answering' | 'failed';
  served: number;
  refused: number;
  error?: string;
}>;

type Kept = {
  readonly listed: ListedMachine;
  readonly source: string;
  answersAtMs: number;
  server?: AnsweringMachine;
  /** What it was given to do by its user data, and does. */
  roles?: readonly MachineRole[];
  error?: string;
};

const RETRY_MS = 2_000;
const LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** Makes the clouds' machines real: each that runs answers on its address, each that does not is silent. */
export class BootAgent {
  readonly #options: BootAgentOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #troubles = new Map<string, string>();
  #loops: readonly Promise<void>[] = [];
  #stopping = false;

  constructor(options: BootAgentOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loops = this.#options.sources.map(async (source) => this.#watch(source));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#loops);
    await Promise.all([...this.#kept.values()].map(async ({ server }) => server?.stop()));
    this.#kept.clear();
    await Promise.all(this.#options.sources.map(async (source) => source.close()));
  }

  machines(): readonly MachineView[] {
    return [...this.#kept.values()].map(({ listed, source, server, error }) => ({
      id: listed.id,
      source,
      machineType: listed.machineType,
      address: listed.address,
      port: this.#options.port,
      state: error === undefined ? (server === undefined ? 'booting' : 'answering') : 'failed',
      served: server?.served ?? 0,
      refused: server?.refused ?? 0,
      ...(error === undefined ? {} : { error }),
    }));
  }

  /** Clouds whose list cannot be had now, with the reason. */
  troubles(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#troubles);
  }

  async #watch(source: MachineSource): Promise<void> {
    while (!this.#stopping) {
      const startedMs = performance.now();
      try {
        const listed = await source.list();
        this.#troubles.delete(source.name);
        await this.#follow(source.name, listed);
      } catch (thrown) {
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        if (this.#troubles.get(source.name) !== reason) this.#options.log(`${source.name}: ${reason}`);
        this.#troubles.set(source.name, reason);
      }
      await wait(Math.max(20, this.#options.pollMs - (performance.now() - startedMs)));
    }
  }

  async #follow(source: string, listed: readonly ListedMachine[]): Promise<void> {
    const running = new Map(
      listed
        .filter((machine) => machine.state === 'running' && machine.address !== '')
        .map((machine) => [`${source}/${machine.id}`, machine]),
    );
    for (const [key, kept] of this.#kept) {
      const now = running.get(key);
      if (kept.source !== source || now?.address === kept.listed.address) continue;
      await kept.server?.stop();
      delete kept.server;
      // What fails here is tried again at the next look.
      for (const role of kept.roles ?? []) await role.end(kept.listed);
      this.#kept.delete(key);
    }
    for (const [key, machine] of running) {
      const kept = this.#kept.get(key) ?? this.#take(key, source, machine);
      if (kept.server === undefined) await this.#boot(kept);
    }
  }

  #take(key: string, source: string, listed: ListedMachine): Kept {
    const kept: Kept = { listed, source, answersAtMs: performance.now() + this.#options.bootMs };
    this.#kept.set(key, kept);
    return kept;
  }

  async #boot(kept: Kept): Promise<void> {
    if (performance.now() < kept.answersAtMs) return;
    const { listed, source } = kept;
    const capacity = this.#options.capacities[listed.machineType];
    try {
      if (kept.roles === undefined) {
        const roles = (this.#options.roles ?? []).filter((role) => role.concerns(listed));
        for (const role of roles) await role.begin(listed);
        kept.roles = roles;
      }
      if (capacity === undefined) throw new Error(`no capacity is known for type "${listed.machineType}"`);
      if (!LOOPBACK.test(listed.address)) throw new Error(`${listed.address} is not a loopback address`);
      const server = new AnsweringMachine({ ...listed, source }, capacity);
      await server.start(listed.address, this.#options.port);
      kept.server = server;
      delete kept.error;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.message : String(thrown);
      // What nobody marked with a type is somebody else's machine.
      if (kept.error !== error && listed.machineType !== '') {
        this.#options.log(`${source}: machine ${listed.id} is silent, tried again later: ${error}`);
      }
      kept.error = error;
      kept.answersAtMs = performance.now() + RETRY_MS;
    }
  }
}

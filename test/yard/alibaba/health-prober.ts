import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { AlibabaCloud } from './cloud.js';

const IDLE_MS = 50;
const ANSWER_WITHIN_MS = 500;

/** Knocks at every member of every load balancer, where the settings ask for it. */
export class HealthProber {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(private readonly cloud: AlibabaCloud) {}

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const { healthProbeMs } = this.cloud.settings;
      if (healthProbeMs > 0) await this.probeAll();
      await wait(healthProbeMs > 0 ? healthProbeMs : IDLE_MS, undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  private async probeAll(): Promise<void> {
    const { balancing, classic } = this.cloud;
    const servers = [...balancing.groups.values(), ...classic.groups.values()].flatMap(
      (group) => group.servers,
    );
    const members = new Map(
      servers.map(({ serverIp, port }) => [`${serverIp}:${port}`, { host: serverIp, port }] as const),
    );
    await Promise.all(
      [...members].map(async ([key, member]) => {
        const answers = await knock(member);
        if (balancing.health.get(key) === answers) return;
        balancing.health.set(key, answers);
        balancing.revision += 1;
      }),
    );
  }
}

function knock(at: Readonly<{ host: string; port: number }>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...at, timeout: ANSWER_WITHIN_MS });
    const end = (answers: boolean) => () => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', end(true));
    socket.once('timeout', end(false));
    socket.once('error', end(false));
  });
}

import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { BootAgent } from '../machines/boot-agent.js';
import { yardSource } from '../machines/machine-source.js';
import { freePort } from '../tools/free-port.js';
import { startAlibabaYard } from './alibaba-yard.js';

const TYPE = 'ecs.c7.large';

it('has machines that answer while they run, where the boot agent watches', async () => {
  const yard = await startAlibabaYard({ settings: { pendingMs: 50, startingMs: 50 } });
  const port = await freePort();
  const agent = new BootAgent({
    sources: [yardSource('alibaba', yard.endpoint)],
    capacities: { [TYPE]: { requestsPerSecond: 50, baseLatencyMs: 1 } },
    port,
    bootMs: 0,
    pollMs: 50,
    log: () => undefined,
  });
  agent.start();
  try {
    const zone = yard.regions[0]?.zones[0] ?? '';
    const { ids } = await yard.admin.createForeign({ machineType: TYPE, zone });
    const [machine] = await yard.admin.machines();
    const url = `http://${machine?.privateIp ?? ''}:${port}/`;
    const answers = async (): Promise<boolean> =>
      request(url).then(
        async ({ body, statusCode }) => {
          await body.dump();
          return statusCode === 200;
        },
        () => false,
      );
    expect(await answers()).toBe(false);
    await until(answers);
    await yard.admin.release(ids);
    await until(async () => !(await answers()));
  } finally {
    await agent.stop();
    await yard.stop();
  }
}, 30_000);

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await isSo());) {
    if (Date.now() > end) throw new Error('it did not become so in time');
    await wait(50);
  }
}

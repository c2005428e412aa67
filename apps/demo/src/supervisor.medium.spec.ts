import { setTimeout as wait } from 'node:timers/promises';
import { startProcess } from '../../../test/yard/tools/process.js';
import { Supervisor, type Child } from './supervisor.js';

/** A real process that says when it is up and, on SIGTERM, takes a moment to end. */
async function sleeper(
  name: string,
  ended: string[] = [],
  script = 'setInterval(() => {}, 1000)',
): Promise<Child> {
  const child = await startProcess({
    name,
    command: process.execPath,
    args: ['-e', `console.log('up'); ${script}`],
    ready: (line) => line === 'up',
  });
  void child.exited.then(() => ended.push(name));
  return child;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !holds(); turn += 1) await wait(50);
  expect(holds()).toBe(true);
}

describe('Supervisor', () => {
  const said: string[] = [];
  let supervisor: Supervisor;
  beforeEach(() => {
    said.length = 0;
    supervisor = new Supervisor((message) => said.push(message));
  });
  afterEach(() => supervisor.stop());

  it('starts again what is killed, and says so', async () => {
    await supervisor.keep('api', () => sleeper('api'));
    const first = supervisor.kill('api');
    await until(() => said.includes('api is back.'));
    const { api = 0 } = supervisor.pids();
    expect(api).not.toBe(first);
    expect(isAlive(api)).toBe(true);
    expect(supervisor.restarts()).toEqual({ api: 1 });
    expect(said).toEqual(['api ended; it is started again.', 'api is back.']);
    expect(supervisor.kill('nobody')).toBe(false);
  }, 30_000);

  it('tries on while it does not come up', async () => {
    let starts = 0;
    await supervisor.keep('api', async () => {
      starts += 1;
      if (starts === 2) throw new Error('the port is still taken');
      return await sleeper('api');
    });
    supervisor.kill('api');
    await until(() => said.includes('api is back.'));
    expect(said).toContain('api did not start again, trying on: the port is still taken');
  }, 30_000);

  it('says at once what cannot be had again', async () => {
    await supervisor.keep('cloud', () => sleeper('cloud'), {
      irreplaceable: 'its machines are gone with it',
    });
    supervisor.kill('cloud');
    await expect(supervisor.lost).rejects.toThrow('cloud ended: its machines are gone with it');
    expect(supervisor.restarts()).toEqual({});
  }, 30_000);

  it('stops in reverse order, one after the other', async () => {
    const ended: string[] = [];
    for (const name of ['database', 'api', 'worker']) await supervisor.keep(name, () => sleeper(name, ended));
    const pids = Object.values(supervisor.pids());
    await supervisor.stop();
    expect(ended).toEqual(['worker', 'api', 'database']);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(said).toEqual([]);
  }, 30_000);

  it('ends what does not listen, and what was still on its way up', async () => {
    await supervisor.keep('deaf', () =>
      sleeper('deaf', [], `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`),
    );
    const late = supervisor.keep('late', async () => {
      await wait(300);
      return await sleeper('late');
    });
    const { deaf = 0 } = supervisor.pids();
    await Promise.all([
      supervisor.stop(),
      expect(late).rejects.toThrow('late came up while everything was being stopped'),
    ]);
    expect(isAlive(deaf)).toBe(false);
    expect(Object.keys(supervisor.pids())).toEqual(['deaf']);
  }, 30_000);
});

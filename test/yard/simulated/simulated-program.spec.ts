import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulatedProgram } from './simulated-program.js';

describe('the program that serves simulated clouds', () => {
  it('opens the clouds of a file and of its arguments, says where, and ends when asked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'springtide-simulated-'));
    const cloudFile = join(folder, 'clouds.json');
    await writeFile(cloudFile, JSON.stringify({ shop: { like: 'public-cloud', seed: 'file' } }));
    const { url, endpoints, process } = await startSimulatedProgram({
      cloudFile,
      clouds: { home: 'private-cloud' },
    });
    try {
      expect(endpoints).toEqual({ shop: `${url}/clouds/shop`, home: `${url}/clouds/home` });
      expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'up', clouds: ['shop', 'home'] });
    } finally {
      await process.stop();
      await rm(folder, { recursive: true });
    }
    await expect(process.exited).resolves.toEqual({ code: 0, signal: null });
  }, 30_000);
});

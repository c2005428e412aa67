import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { nodeArguments } from '../tools/node-arguments.js';

describe('the vSphere yard on a machine without Go', () => {
  it('does not start, and says why', async () => {
    const entry = nodeArguments(import.meta.dirname, 'vsphere-yard.main');
    const started = promisify(execFile)(process.execPath, entry, { env: { PATH: '/nonexistent' } });
    await expect(started).rejects.toMatchObject({ code: 3, stderr: expect.stringContaining('needs Go') });
  }, 30_000);
});

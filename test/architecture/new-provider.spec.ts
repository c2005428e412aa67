import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectAccount, type ProviderManifest } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { silentLogger, systemClock } from '@springtide/platform';

const run = promisify(execFile);
const ROOT = process.cwd();
const COPIED = ['libs', 'providers', 'scripts', 'package.json', 'tsconfig.json', '.prettierrc.json'];
const ID = 'cloud-nine';
const FACETS = ['compute', 'network', 'images', 'resources', 'clusters', 'traffic', 'workloads'] as const;

describe('adding a provider', () => {
  let copy: string;

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'springtide-provider-'));
    for (const path of COPIED) await cp(join(ROOT, path), join(copy, path), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    await node('scripts/generate-registry.mjs');
  });
  afterAll(async () => rm(copy, { recursive: true, force: true }));

  it('touches two files outside its own folder: the generated registry, and package.json for its SDK', async () => {
    const before = await fingerprints(copy);
    await node('scripts/new-provider.mjs', ID, '--sdk', '@cloud-nine/sdk@1.2.3');
    const after = await fingerprints(copy);
    const changed = [...after].filter(([path, hash]) => before.get(path) !== hash).map(([path]) => path);
    const outside = changed.filter((path) => !path.startsWith(`providers/${ID}/`));
    expect(outside.toSorted()).toEqual(['package.json', 'providers/registry.generated.ts']);
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
    expect(changed).toContain(`providers/${ID}/${ID}.conformance.spec.ts`);
    expect(await readFile(join(copy, 'providers/registry.generated.ts'), 'utf8')).toContain(
      `'${ID}': async () => import('./${ID}/index.js')`,
    );
    await node('scripts/generate-registry.mjs', '--check');
  });

  it('adds its SDK to package.json in its place, and changes no other line of it', async () => {
    const lines = async (folder: string) =>
      (await readFile(join(folder, 'package.json'), 'utf8')).split('\n').map((line) => line.trim());
    const [before, after] = [await lines(ROOT), await lines(copy)];
    expect(after.filter((line) => !before.includes(line))).toEqual(['"@cloud-nine/sdk": "1.2.3",']);
    const dependencies = after.slice(after.indexOf('"dependencies": {') + 1);
    const names = dependencies.slice(0, dependencies.indexOf('},'));
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
  });

  it('gives a folder that type-checks', async () => {
    const config = {
      extends: './tsconfig.json',
      include: [`providers/${ID}`],
      compilerOptions: { noEmit: true },
    };
    await writeFile(join(copy, 'tsconfig.one.json'), JSON.stringify(config));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const output = await run(process.execPath, [tsc, '-p', 'tsconfig.one.json'], { cwd: copy }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(output.split('\n').filter((line) => /^(providers\/|error )/.test(line))).toEqual([]);
  }, 60_000);

  it('says unsupported for everything, before anything is sent', async () => {
    const { manifest } = (await import(join(copy, `providers/${ID}/manifest.ts`))) as {
      manifest: ProviderManifest;
    };
    const settings = { endpoint: 'http://127.0.0.1:9/' };
    const client = await connectAccount(manifest, settings, { accessKey: 'a', secretKey: 'b' }, context());
    await expect(client.verify()).rejects.toMatchObject({ code: 'unsupported', effect: 'none' });
    for (const facet of FACETS) {
      expect(() => client[facet]).toThrow(expect.objectContaining({ code: 'unsupported' }));
    }
    await client.close();
  });

  it('refuses a name that is taken or cannot be one', async () => {
    await expect(node('scripts/new-provider.mjs', ID)).rejects.toThrow(/already there/);
    await expect(node('scripts/new-provider.mjs', '../escape')).rejects.toThrow(/lower-case/);
    const vague = node('scripts/new-provider.mjs', 'cloud-ten', '--sdk', 'sdk@latest');
    await expect(vague).rejects.toThrow(/exact version/);
  });

  it('keeps the registry of this checkout equal to its folders', async () => {
    await run(process.execPath, ['scripts/generate-registry.mjs', '--check'], { cwd: ROOT });
  });

  async function node(...args: string[]): Promise<void> {
    await run(process.execPath, args, { cwd: copy });
  }
});

function context() {
  return { account: 'scaffold', clock: systemClock, gate: loopbackGate(), log: silentLogger };
}

async function fingerprints(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashed = files.map(async (file): Promise<[string, string]> => {
    const text = await readFile(file);
    return [file.slice(folder.length + 1), createHash('sha256').update(text).digest('hex')];
  });
  return new Map(await Promise.all(hashed));
}

import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { openSecret, sealSecret } from './envelope.js';
import { localKeyRing } from './key-ring.js';
import { SecretText } from './secret-text.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'springtide-crypto-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = (name = 'key'): string => join(folder, name);

describe('envelope encryption', () => {
  it('gives back what was put in, and shows nothing of it', async () => {
    const ring = await localKeyRing(key());
    const envelope = await sealSecret(ring, new SecretText('hunter2 你好'), 'row 1');
    expect(JSON.stringify(envelope)).not.toContain('hunter2');
    expect((await openSecret(await localKeyRing(key()), envelope, 'row 1')).reveal()).toBe('hunter2 你好');
  });

  it('opens only in its own row, unaltered, and with its own key', async () => {
    const ring = await localKeyRing(key());
    const envelope = await sealSecret(ring, new SecretText('hunter2'), 'row 1');
    await expect(openSecret(ring, envelope, 'row 2')).rejects.toThrow(/altered, moved/);
    const data = Buffer.from(envelope.sealed.data, 'base64');
    data[0] = (data[0] ?? 0) ^ 1;
    const altered = { ...envelope, sealed: { ...envelope.sealed, data: data.toString('base64') } };
    await expect(openSecret(ring, altered, 'row 1')).rejects.toThrow(/altered/);
    await expect(openSecret(await localKeyRing(key('other')), envelope, 'row 1')).rejects.toThrow(
      /was sealed with key/,
    );
  });

  it('never uses a data key or an initialisation vector twice', async () => {
    const ring = await localKeyRing(key());
    const all = await Promise.all([1, 2, 3].map(() => sealSecret(ring, new SecretText('same'), 'row')));
    expect(new Set(all.map((one) => one.sealed.data)).size).toBe(3);
    expect(new Set(all.flatMap((one) => [one.sealed.iv, one.wrapped.sealed.iv])).size).toBe(6);
  });
});

describe('the local key file', () => {
  it('is made once, for its owner alone, however many start at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => localKeyRing(key())));
    expect((await stat(key())).mode & 0o777).toBe(0o600);
    const before = await readFile(key(), 'utf8');
    await localKeyRing(key());
    expect(await readFile(key(), 'utf8')).toBe(before);
  });

  it('is refused when others can read it or it is something else, without quoting it', async () => {
    await localKeyRing(key());
    await chmod(key(), 0o644);
    await expect(localKeyRing(key())).rejects.toThrow(/can be read by others/);
    await writeFile(key('text'), 'canary', { mode: 0o600 });
    const refused = await localKeyRing(key('text')).catch((thrown: unknown) => inspect(thrown));
    expect(refused).toMatch(/is no key file/);
    expect(refused).not.toMatch(/canary/);
  });
});

describe('SecretText', () => {
  it('shows itself in no usual way', () => {
    const holder = { secret: new SecretText('canary') };
    const shown = [
      JSON.stringify(holder),
      inspect(holder, { depth: 9, showHidden: true }),
      holder.secret.toString(),
    ];
    expect(shown.join()).not.toContain('canary');
    expect(Object.values(holder.secret)).toEqual([]);
  });
});

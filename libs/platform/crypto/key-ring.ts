import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SpringtideError } from '@springtide/kernel';

export type Sealed = Readonly<{ algorithm: 'AES-256-GCM'; iv: string; tag: string; data: string }>;

export type WrappedKey = Readonly<{ keyId: string; sealed: Sealed }>;

/**
 * Holds the key-encrypting keys. A local file serves one installation; a key management service implements the same
 * two methods. Wrapping is authenticated: a planted data key does not unwrap.
 */
export interface KeyRing {
  wrap(dataKey: Buffer, bindTo: string): Promise<WrappedKey>;
  /** @throws failed-precondition when the key is unknown here, the blob was altered or belongs elsewhere. */
  unwrap(wrapped: WrappedKey, bindTo: string): Promise<Buffer>;
}

export function seal(key: Buffer, plain: Buffer, bindTo: string): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(bindTo));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    algorithm: 'AES-256-GCM',
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

/** @throws failed-precondition when it was altered, sealed with another key, or bound to something else. */
export function open(key: Buffer, sealed: Sealed, bindTo: string): Buffer {
  try {
    const iv = Buffer.from(sealed.iv, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(bindTo));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]);
  } catch (cause) {
    throw new SpringtideError(
      'failed-precondition',
      'a stored secret does not open: it was altered, moved, or sealed with another key',
      {
        cause,
        nextStep: 'Restore the key file this installation was set up with, or enter the secret again.',
      },
    );
  }
}

/** Key file `{ "id": …, "key": base64 }` of mode 0600; made on first use. Lose it and every stored secret is lost. */
export async function localKeyRing(path: string): Promise<KeyRing> {
  const { id, key } = await readOrCreate(path);
  return {
    wrap: async (dataKey, bindTo) => {
      return await Promise.resolve({ keyId: id, sealed: seal(key, dataKey, `${id}|${bindTo}`) });
    },
    unwrap: async (wrapped, bindTo) => {
      if (wrapped.keyId !== id) {
        throw new SpringtideError(
          'failed-precondition',
          `a stored secret was sealed with key ${wrapped.keyId}, but the key file holds ${id}`,
          { nextStep: `Put the right key file at ${path}, or enter the secret again.` },
        );
      }
      return await Promise.resolve(open(key, wrapped.sealed, `${id}|${bindTo}`));
    },
  };
}

async function readOrCreate(path: string): Promise<{ id: string; key: Buffer }> {
  if (!(await stat(path).catch(() => undefined))) await create(path);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw new SpringtideError(
      'failed-precondition',
      `the key file ${path} can be read by others; no secret was opened`,
      { nextStep: `Run: chmod 600 ${path}` },
    );
  }
  const { id, key } = parseKeyFile(path, await readFile(path, 'utf8'));
  return { id, key };
}

function parseKeyFile(path: string, text: string): { id: string; key: Buffer } {
  try {
    const { id, key } = JSON.parse(text) as { id?: unknown; key?: unknown };
    const bytes = Buffer.from(typeof key === 'string' ? key : '', 'base64');
    if (typeof id === 'string' && bytes.length === 32) return { id, key: bytes };
  } catch {
    // The text of a key file never reaches an error message; the refusal below names the file.
  }
  throw new SpringtideError('failed-precondition', `${path} is no key file; no secret was opened`, {
    nextStep: 'Restore it from your backup.',
  });
}

/** Several processes may start at once: the first complete file wins and is never overwritten. */
async function create(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const content = { id: `local-${randomBytes(6).toString('hex')}`, key: randomBytes(32).toString('base64') };
  await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  try {
    await link(draft, path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  } finally {
    await rm(draft, { force: true });
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '@springtide/kernel';

/** Lower-case hexadecimal SHA-256. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Equal values give equal hashes, whatever the order of their keys. */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value));
}

const idSources = new AsyncLocalStorage<() => string>();

export function newId(): string {
  return idSources.getStore()?.() ?? randomUUID();
}

/** Within `work`, and nowhere else, ids come from `source`: for simulations that must be repeated exactly. */
export function withIds<T>(source: () => string, work: () => T): T {
  return idSources.run(source, work);
}

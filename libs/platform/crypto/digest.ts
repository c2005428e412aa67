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

export function newId(): string {
  return randomUUID();
}

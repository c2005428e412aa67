import { randomBytes, randomUUID } from 'node:crypto';

/** `i-bp1…`: the vendor's form of an id. */
export function newId(prefix: string): string {
  return `${prefix}-bp1${randomBytes(9).toString('hex').slice(0, 17)}`;
}

/** In capitals, as the vendor writes them. */
export function newRequestId(): string {
  return randomUUID().toUpperCase();
}

import { randomBytes } from 'node:crypto';
import { open, seal, type KeyRing, type Sealed, type WrappedKey } from './key-ring.js';
import { SecretText } from './secret-text.js';

/** What is stored of a secret. Rotating the key-encrypting key rewrites `wrapped` only. */
export type SecretEnvelope = Readonly<{ format: 1; wrapped: WrappedKey; sealed: Sealed }>;

/** @param bindTo names the row that owns the secret; a blob moved to another row does not open. */
export async function sealSecret(ring: KeyRing, secret: SecretText, bindTo: string): Promise<SecretEnvelope> {
  const dataKey = randomBytes(32);
  try {
    const sealed = seal(dataKey, Buffer.from(secret.reveal(), 'utf8'), bindTo);
    return { format: 1, wrapped: await ring.wrap(dataKey, bindTo), sealed };
  } finally {
    dataKey.fill(0);
  }
}

/** @throws failed-precondition when it was altered, moved, or its key is not here. */
export async function openSecret(
  ring: KeyRing,
  envelope: SecretEnvelope,
  bindTo: string,
): Promise<SecretText> {
  const dataKey = await ring.unwrap(envelope.wrapped, bindTo);
  try {
    return new SecretText(open(dataKey, envelope.sealed, bindTo).toString('utf8'));
  } finally {
    dataKey.fill(0);
  }
}

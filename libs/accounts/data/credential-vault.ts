import { SpringtideError, type Instant } from '@springtide/kernel';
import { SecretText, openSecret, sealSecret, type KeyRing, type SecretEnvelope } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';

const Sealed = z.object({
  algorithm: z.literal('AES-256-GCM'),
  iv: z.string(),
  tag: z.string(),
  data: z.string(),
});

const Envelope = z.object({
  format: z.literal(1),
  wrapped: z.object({ keyId: z.string(), sealed: Sealed }),
  sealed: Sealed,
});

export type CredentialPlace = Readonly<{ tenantId: string; accountId: string; version: number }>;

/** The only code that sees the table of secrets. What it stores opens in its own row and nowhere else. */
export class CredentialVault {
  constructor(private readonly keyRing: KeyRing) {}

  /** Before the transaction: the key may live in a service behind a network. */
  async seal(place: CredentialPlace, secret: unknown): Promise<SecretEnvelope> {
    return await sealSecret(this.keyRing, new SecretText(JSON.stringify(secret)), bindingOf(place));
  }

  async insert(
    tx: EntityManager,
    place: CredentialPlace,
    envelope: SecretEnvelope,
    at: Instant,
  ): Promise<void> {
    await tx.query(
      `insert into cloud_credential (tenant_id, account_id, version, envelope, created_at)
       values ($1, $2, $3, $4::jsonb, $5)`,
      [place.tenantId, place.accountId, place.version, JSON.stringify(envelope), at],
    );
  }

  /** A rotated credential is forgotten, not kept. */
  async retire(tx: EntityManager, place: CredentialPlace, at: Instant): Promise<void> {
    await tx.query(
      `update cloud_credential set envelope = null, retired_at = $3
       where account_id = $1 and version = $2 and retired_at is null`,
      [place.accountId, place.version, at],
    );
  }

  /** The blob, with the time of use noted; it is opened by `open`, after the transaction. */
  async read(tx: EntityManager, place: CredentialPlace, at: Instant): Promise<SecretEnvelope> {
    const [rows] = await tx.query<[{ envelope: unknown }[], number]>(
      `update cloud_credential set last_used_at = $3
       where account_id = $1 and version = $2 and retired_at is null returning envelope`,
      [place.accountId, place.version, at],
    );
    const parsed = Envelope.safeParse(rows[0]?.envelope);
    if (parsed.success) return parsed.data;
    throw new SpringtideError('failed-precondition', 'the credential of this cloud account is not readable', {
      nextStep: 'Enter the secret of the account again.',
    });
  }

  /** @throws failed-precondition when it was altered or moved, or its key is not here. */
  async open(place: CredentialPlace, envelope: SecretEnvelope): Promise<unknown> {
    const secret = await openSecret(this.keyRing, envelope, bindingOf(place));
    return JSON.parse(secret.reveal()) as unknown;
  }
}

function bindingOf(place: CredentialPlace): string {
  return `cloud-credential/${place.tenantId}/${place.accountId}/${place.version}`;
}

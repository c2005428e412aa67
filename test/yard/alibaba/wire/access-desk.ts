import { timingSafeEqual } from 'node:crypto';
import type { SignedClaim } from './wire-request.js';
import { WireError } from './wire-error.js';

/** A user of the account: what the simulator knows of a key pair. */
export type AccessKey = Readonly<{
  accessKeyId: string;
  secret: string;
  /** For keys that were lent: must be sent along. */
  securityToken?: string;
  /** Who the trail says it is. Absent: the key's id, of a user, or for lent keys of a role. */
  identity?: Readonly<{ type: 'root-account' | 'ram-user' | 'assumed-role'; userName: string }>;
  /** ISO 8601; a lent key is worthless after it. */
  expiresAt?: string;
  /** `ecs:RunInstances`, `ecs:Describe*`, `*`. Absent: everything. */
  allowedActions?: readonly string[];
}>;

const NONCE_MEMORY_MS = 15 * 60_000;
const MAX_SKEW_MS = 15 * 60_000;

/** Decides who is calling, and what they may do. */
export class AccessDesk {
  private readonly keys = new Map<string, AccessKey>();
  private nonces = new Map<string, number>();
  private olderNonces = new Map<string, number>();
  private turnedAt = 0;

  constructor(keys: readonly AccessKey[]) {
    for (const key of keys) this.put(key);
  }

  put(key: AccessKey): void {
    this.keys.set(key.accessKeyId, key);
  }

  remove(accessKeyId: string): void {
    this.keys.delete(accessKeyId);
  }

  /** `now` is the cloud's own clock. @throws WireError */
  check(claim: SignedClaim, now: number): AccessKey {
    const key = this.keys.get(claim.accessKeyId);
    if (key === undefined) {
      throw new WireError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    }
    checkTime(claim, now);
    checkSignature(claim, key);
    checkLoan(claim, key, now);
    this.checkNonce(claim, now);
    return key;
  }

  /** @throws WireError Forbidden.RAM */
  permit(key: AccessKey, product: string, action: string): void {
    const allowed = key.allowedActions;
    const name = `${product}:${action}`;
    if (allowed === undefined || allowed.some((pattern) => matches(pattern, name))) return;
    throw new WireError(
      403,
      'Forbidden.RAM',
      `User not authorized to operate on the specified resource, or this API doesn't support RAM. (${name})`,
    );
  }

  /** Two generations of nonces, so that forgetting the old ones costs nothing. */
  private checkNonce({ accessKeyId, nonce }: SignedClaim, now: number): void {
    if (nonce === '') throw new WireError(400, 'MissingSignatureNonce', 'SignatureNonce is mandatory.');
    if (Math.abs(now - this.turnedAt) > NONCE_MEMORY_MS) {
      this.olderNonces = this.nonces;
      this.nonces = new Map();
      this.turnedAt = now;
    }
    const name = `${accessKeyId} ${nonce}`;
    const usedAt = this.nonces.get(name) ?? this.olderNonces.get(name);
    if (usedAt !== undefined && Math.abs(now - usedAt) <= NONCE_MEMORY_MS) {
      throw new WireError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    }
    this.nonces.set(name, now);
  }
}

function checkTime({ timestamp }: SignedClaim, now: number): void {
  const at = Date.parse(timestamp);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(timestamp) || Number.isNaN(at)) {
    throw new WireError(
      400,
      'InvalidTimeStamp.Format',
      'Specified time stamp or date value is not well formatted.',
    );
  }
  if (Math.abs(now - at) > MAX_SKEW_MS) {
    throw new WireError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
}

function checkSignature(claim: SignedClaim, key: AccessKey): void {
  const { signature, signedText } = claim.expected(key.secret);
  const wanted = Buffer.from(signature);
  const given = Buffer.from(claim.signature);
  if (wanted.length === given.length && timingSafeEqual(wanted, given)) return;
  throw new WireError(
    400,
    'SignatureDoesNotMatch',
    `Specified signature is not matched with our calculation. server string to sign is:${signedText}`,
  );
}

function checkLoan(claim: SignedClaim, key: AccessKey, now: number): void {
  if (key.securityToken === undefined && claim.securityToken === undefined) return;
  if (claim.securityToken === undefined) {
    throw new WireError(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  }
  if (claim.securityToken !== key.securityToken) {
    const text = 'Specified SecurityToken does not match the AccessKey.';
    throw new WireError(400, 'InvalidSecurityToken.MismatchWithAccessKey', text);
  }
  if (key.expiresAt !== undefined && now > Date.parse(key.expiresAt)) {
    throw new WireError(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  }
}

function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(name);
}

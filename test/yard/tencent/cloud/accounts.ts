import { z } from 'zod';
import type { AuditUser } from './audit-book.js';
import type { Credential } from '../wire/tc3.js';
import { WireError } from '../wire/wire-error.js';

const textsSchema = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** A CAM policy document of the simple kind: actions with wildcards, every resource, no conditions. */
export const policySchema = z.strictObject({
  version: z.literal('2.0'),
  statement: z.array(
    z.strictObject({
      effect: z.enum(['allow', 'deny']),
      action: textsSchema,
      resource: textsSchema.pipe(z.tuple([z.literal('*')])),
    }),
  ),
});

export const credentialSchema = z.strictObject({
  secretId: z.string().min(1),
  secretKey: z.string().min(1),
  token: z.string().optional(),
  /** Whose it is: a sub-user's name. Left out: the main account's. */
  user: z.string().min(1).optional(),
  /** Left out: everything is allowed. */
  policy: policySchema.optional(),
});

export type AccountCredential = z.output<typeof credentialSchema>;

/** CAM's own name of a product, where it is not that of its interface. */
const CAM_PRODUCTS: Readonly<Record<string, string>> = { billing: 'finance' };

/** Who may call, and what. Every secret belongs to one account, as with a company and its sub-users. */
export class Accounts {
  readonly #credentials = new Map<string, AccountCredential>();

  put(credential: AccountCredential): void {
    this.#credentials.set(credential.secretId, credential);
  }

  remove(secretId: string): void {
    this.#credentials.delete(secretId);
  }

  find(secretId: string): Credential | undefined {
    const found = this.#credentials.get(secretId);
    if (found === undefined) return undefined;
    const { secretKey, token } = found;
    return { secretId, secretKey, ...(token === undefined ? {} : { token }) };
  }

  /** As the trail names whose secret it is. */
  userOf(secretId: string, account: Readonly<{ uin: string; ownerUin: string }>): AuditUser {
    const name = this.#credentials.get(secretId)?.user;
    return name === undefined
      ? { type: 'Root', name: 'root', id: account.ownerUin }
      : { type: 'CAMUser', name, id: account.uin };
  }

  /** @throws WireError UnauthorizedOperation */
  authorize(secretId: string, product: string, action: string): void {
    const policy = this.#credentials.get(secretId)?.policy;
    if (policy === undefined) return;
    const name = `${CAM_PRODUCTS[product] ?? product}:${action}`;
    const effects = policy.statement
      .filter((statement) => statement.action.some((pattern) => covers(pattern, name)))
      .map(({ effect }) => effect);
    if (effects.includes('allow') && !effects.includes('deny')) return;
    throw new WireError(
      'UnauthorizedOperation',
      `you are not authorized to perform operation (${name}) resource (*) has no permission`,
    );
  }
}

function covers(pattern: string, name: string): boolean {
  const plain = pattern.replace(/^name\//, '');
  const source = plain.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(name);
}

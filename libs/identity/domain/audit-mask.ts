/** Fields whose values an audit record may show. Everything else is shown as changed, never as what it is. */
const SHOWN: ReadonlySet<string> = new Set(
  `
  id kind name title status version revision reason code enabled count
  provider region regions zone machineType pools image accountId machines
  roles permissions scopes expiresAt startsAt endsAt at phase phases
  campaignId planId planHash runId approvalId envelopeHash serviceId service
  currency amount budget ceiling cost limit weight weights target demand
  authorId lastEditorId deciderId subject credentialVersion records head format
  extendMinutes factor profile mandateId leaseUntil command
  `
    .split(/\s+/)
    .filter((name) => name !== ''),
);

const MASK = '[masked]';

/** Keeps the shape, shows allowed fields and masks every other value. `more` are further allowed names of one action. */
export function maskForAudit(value: unknown, more: readonly string[] = []): unknown {
  const allowed = more.length === 0 ? SHOWN : new Set([...SHOWN, ...more]);
  return mask(value, allowed, false);
}

function mask(value: unknown, allowed: ReadonlySet<string>, shown: boolean): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => mask(item, allowed, shown));
  if (typeof value === 'object' && isPlain(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, mask(item, allowed, allowed.has(key))]),
    );
  }
  if (!shown) return MASK;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : MASK;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

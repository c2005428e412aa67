import { SpringtideError } from '@springtide/kernel';
import type { ProviderContext, ProviderManifest } from '../contract/session.js';
import type { CallObserver } from './call-observer.js';
import { DEFAULT_CALL_POLICY, type CallPolicy } from './call-policy.js';
import { CallRunner } from './call-runner.js';
import { CloudClient } from './cloud-client.js';
import { classify, redactorOf, type Redact } from './error-classification.js';
import { InProcessRateLimiter, type RateLimiter } from './limiter/rate-limiter.js';

export type ConnectContext = ProviderContext &
  Readonly<{
    /** Springtide's id of the account: names its call budget, traces and metrics. */
    account: string;
    /** Left out: a budget of this process alone. */
    limiter?: RateLimiter;
    observer?: CallObserver;
    policy?: Partial<CallPolicy>;
    /** 0 ≤ x < 1, for the jitter of retries. */
    random?: () => number;
  }>;

/**
 * Opens a session of one account: parses what was stored, passes every endpoint through the gate, connects.
 * @throws invalid-argument naming the field; permission-denied by the gate; unauthenticated, unavailable.
 */
export async function connectAccount(
  manifest: ProviderManifest,
  settings: unknown,
  secret: unknown,
  context: ConnectContext,
): Promise<CloudClient> {
  const redact = redactorOf(secret);
  const account = parseAccount(manifest, settings, secret);
  try {
    for (const url of manifest.endpoints(account)) await context.gate.check(url);
    const { clock, gate, log } = context;
    const session = await manifest.connect(account, { clock, gate, log });
    return new CloudClient(manifest, session, runnerOf(manifest, context, redact));
  } catch (thrown) {
    throw classify(thrown, 'connect', redact);
  }
}

function parseAccount(manifest: ProviderManifest, settings: unknown, secret: unknown): unknown {
  const parsed = manifest.accountSchema.safeParse({ settings, secret });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SpringtideError(
    'invalid-argument',
    `the ${manifest.title} account cannot be used: ${redactorOf(secret)(fields.join('; '))}`,
    { nextStep: 'Correct the named settings and verify the account again.' },
  );
}

function runnerOf(manifest: ProviderManifest, context: ConnectContext, redact: Redact): CallRunner {
  return new CallRunner({
    provider: manifest.id,
    account: context.account,
    clock: context.clock,
    rates: manifest.rates,
    limiter: context.limiter ?? new InProcessRateLimiter(context.clock),
    observer: context.observer ?? { observe: () => undefined },
    policy: { ...DEFAULT_CALL_POLICY, ...context.policy },
    redact,
    random: context.random ?? Math.random,
  });
}

import { createEndpointGate, silentLogger, systemClock } from '@springtide/platform';
import {
  InProcessRateLimiter,
  connectAccount,
  type CloudClient,
  type LaunchBatch,
  type ProviderManifest,
  type RateLimiter,
} from '@springtide/provider-kit';
import { startProcess } from '../../yard/tools/process.js';

/** What can be bought in one zone. */
export type Sample = Pick<LaunchBatch, 'region' | 'zone' | 'machineType' | 'image' | 'securityGroups'> &
  Partial<Pick<LaunchBatch, 'subnet' | 'purchaseOption'>>;

/** A cloud of the yard in a process of its own, as a user would register it. */
export type YardCloud<TAccess = unknown> = Readonly<{
  access: TAccess;
  manifest: ProviderManifest;
  account: Readonly<{ settings: unknown; secret: unknown }>;
  /** The only addresses that may be called. */
  hostPorts: readonly string[];
  region: string;
  /** One for each zone. */
  samples: readonly Sample[];
  stop(): Promise<void>;
}>;

/** Whose budgets a client keeps, and where they are written down. */
export type ClientLimits = Readonly<{ account: string; limiter: RateLimiter }>;

const ACCOUNT = '00000000-0000-4000-8000-0000000000cc';
const WIDE = { burst: 1e6, perSecond: 1e6 };

/** Pages are as the cloud has them. Limits left out: call budgets are not what is measured, so they are wide. */
export async function clientOf(
  { manifest, account, hostPorts }: Pick<YardCloud, 'manifest' | 'account' | 'hostPorts'>,
  limits?: ClientLimits,
): Promise<CloudClient> {
  const rates = limits === undefined ? { read: WIDE, mutate: WIDE } : manifest.rates;
  return await connectAccount({ ...manifest, rates }, account.settings, account.secret, {
    account: limits?.account ?? ACCOUNT,
    clock: systemClock,
    gate: createEndpointGate({ openHostPorts: hostPorts, privateRanges: [] }),
    log: silentLogger,
    limiter: limits?.limiter ?? new InProcessRateLimiter(systemClock),
  });
}

/** A yard program, and what its ready line says. */
export async function yardProgram(
  name: string,
  args: readonly string[],
): Promise<Readonly<{ access: unknown; stop(): Promise<void> }>> {
  let access: unknown;
  const program = await startProcess({
    name,
    command: process.execPath,
    args,
    readyTimeoutMs: 180_000,
    ready: (line) => {
      if (line.startsWith('{"ready":true')) access = JSON.parse(line);
      return access !== undefined;
    },
  });
  return { access, stop: async () => program.stop() };
}

import { SpringtideError, parseInstant, type Instant } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { endpointOf, type AwsAccount, type AwsService } from './account.js';
import type { AwsCall } from './error-map.js';

/** What every client of the SDK is given: the account's own endpoint and keys, the gate's agents, and no retries. */
export function clientConfig(
  account: AwsAccount,
  context: ProviderContext,
  service: AwsService,
  region: string,
) {
  const { credentials } = account;
  return {
    region,
    endpoint: endpointOf(account, service, region),
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    },
    // Two layers of retries would lie to each other.
    maxAttempts: 1,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    defaultsMode: 'standard' as const,
    requestHandler: {
      httpAgent: context.gate.httpAgent(),
      httpsAgent: context.gate.httpsAgent(),
      connectionTimeout: 5_000,
    },
  };
}

/** @throws timeout with `effect: none` when the deadline has passed already. */
export function abortAt(context: ProviderContext, deadline: Instant, call: AwsCall): AbortSignal {
  const leftMs = parseInstant(deadline).getTime() - context.clock.now().getTime();
  if (leftMs > 0) return AbortSignal.timeout(leftMs);
  throw new SpringtideError('timeout', `AWS ${call.operation} was not sent: its deadline has passed`, {
    effect: 'none',
  });
}

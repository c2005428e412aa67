import type { Agent } from 'node:http';
import { SpringtideError, parseInstant, type Instant } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import type { Client as BillingClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/billing/v20180709/billing_client.js';
import type { Client as CbsClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cbs/v20170312/cbs_client.js';
import type { Client as ClbClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/clb/v20180317/clb_client.js';
import type { Client as CloudauditClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cloudaudit/v20190319/cloudaudit_client.js';
import type { Client as CvmClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cvm/v20170312/cvm_client.js';
import type { Client as DnspodClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/dnspod/v20210323/dnspod_client.js';
import type { Client as StsClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/sts/v20180813/sts_client.js';
import type { Client as TkeClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tke/v20180525/tke_client.js';
import type { Client as VpcClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/vpc/v20170312/vpc_client.js';
import { request } from 'undici';
import { endpointOf, type Product, type TencentAccount } from './account.js';
import { mapTencentError, REDIRECTED, type TencentCall } from './error-map.js';

type Clients = {
  cvm: CvmClient;
  cbs: CbsClient;
  vpc: VpcClient;
  clb: ClbClient;
  dnspod: DnspodClient;
  tke: TkeClient;
  billing: BillingClient;
  sts: StsClient;
  cloudaudit: CloudauditClient;
};

type ActionOf<P extends Product> = Extract<keyof Clients[P], string>;
type RequestOf<P extends Product, A extends ActionOf<P>> = Clients[P][A] extends (
  request: infer R,
  ...rest: never[]
) => Promise<unknown>
  ? R
  : never;
type AnswerOf<P extends Product, A extends ActionOf<P>> = Clients[P][A] extends (
  ...all: never[]
) => Promise<infer R>
  ? R
  : never;

/** What all of the SDK's clients have in common, and all that is used of them. */
type BareClient = Readonly<{
  request(action: string, body: unknown, options: { signal: AbortSignal }): Promise<unknown>;
}>;
type ClientConfig = ConstructorParameters<typeof CvmClient>[0];
type ClientClass = new (config: ClientConfig) => BareClient;

/** Where and until when. */
export type TencentScope = Readonly<{ region: string; deadline: Instant }>;

const SERVICES: Readonly<Record<Product, () => Promise<ClientClass>>> = {
  cvm: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/cvm/v20170312/cvm_client.js')).Client,
  cbs: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/cbs/v20170312/cbs_client.js')).Client,
  vpc: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/vpc/v20170312/vpc_client.js')).Client,
  clb: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/clb/v20180317/clb_client.js')).Client,
  dnspod: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/dnspod/v20210323/dnspod_client.js')).Client,
  tke: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/tke/v20180525/tke_client.js')).Client,
  billing: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/billing/v20180709/billing_client.js'))
      .Client,
  sts: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/sts/v20180813/sts_client.js')).Client,
  cloudaudit: async () =>
    (await import('tencentcloud-sdk-nodejs/tencentcloud/services/cloudaudit/v20190319/cloudaudit_client.js'))
      .Client,
};

/**
 * The only file that talks to the SDK. Every call goes out once, through the endpoint gate's agents, is given up at its
 * deadline, and fails with our errors; retries and rates belong to the caller.
 */
export class TencentApi {
  readonly #agents: Readonly<{ http: Agent; https: Agent }>;

  constructor(
    private readonly account: TencentAccount,
    private readonly context: ProviderContext,
  ) {
    const { ca } = account;
    this.#agents = {
      http: context.gate.httpAgent(),
      https: context.gate.httpsAgent(ca === undefined ? {} : { ca }),
    };
  }

  async call<P extends Product, A extends ActionOf<P>>(
    product: P,
    action: A,
    at: TencentScope,
    body: RequestOf<P, A>,
  ): Promise<AnswerOf<P, A>> {
    const call: TencentCall = { action, region: at.region, mutates: !/^(Describe|Get|Inquiry)/.test(action) };
    // The trail is one for all regions, and not asked for in those of the machines.
    if (product !== 'cloudaudit') this.#refuseForeign(at.region);
    const Client = await SERVICES[product]();
    const leftMs = this.#leftMs(at.deadline, call);
    const client = new Client(this.#config(product, at.region, leftMs));
    try {
      const answer = await client.request(action, body, { signal: AbortSignal.timeout(leftMs) });
      return answer as AnswerOf<P, A>;
    } catch (thrown) {
      const error = mapTencentError(thrown, call);
      // Of a refusal by the gate the SDK keeps the text only: ask the gate itself.
      if (error.code === 'unknown') await this.context.gate.check(endpointOf(this.account, product));
      throw error;
    }
  }

  /** Cloud clock minus ours, by the clock of its front; undefined where that tells no time. */
  async clockSkewMs(at: TencentScope): Promise<number | undefined> {
    const call: TencentCall = { action: 'clock', region: at.region, mutates: false };
    const { ca } = this.account;
    const dispatcher = this.context.gate.dispatcher(ca === undefined ? {} : { ca });
    try {
      const { headers, body } = await request(endpointOf(this.account, 'cvm'), {
        dispatcher,
        signal: AbortSignal.timeout(this.#leftMs(at.deadline, call)),
      });
      const now = this.context.clock.now().getTime();
      await body.dump();
      const told = Date.parse(String(headers['date'] ?? ''));
      // The header has whole seconds; half a second is the middle of what it may mean.
      return Number.isNaN(told) ? undefined : told + 500 - now;
    } catch (thrown) {
      throw mapTencentError(thrown, call);
    } finally {
      await dispatcher.close();
    }
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  #refuseForeign(region: string): void {
    if (this.account.regions.includes(region)) return;
    throw new SpringtideError(
      'invalid-argument',
      `the Tencent Cloud account is not registered for region ${region}; nothing was sent`,
      { nextStep: `Add ${region} to the account's regions.` },
    );
  }

  #leftMs(deadline: Instant, call: TencentCall): number {
    const leftMs = parseInstant(deadline).getTime() - this.context.clock.now().getTime();
    if (leftMs > 0) return leftMs;
    throw new SpringtideError(
      'timeout',
      `Tencent Cloud ${call.action} was not sent: its deadline has passed`,
      { effect: 'none' },
    );
  }

  #config(product: Product, region: string, leftMs: number): ClientConfig {
    const { protocol, host } = new URL(endpointOf(this.account, product));
    const { secretId, secretKey, token } = this.account.credential;
    return {
      credential: { secretId, secretKey, ...(token === undefined ? {} : { token }) },
      region,
      profile: {
        signMethod: 'TC3-HMAC-SHA256',
        language: this.account.language,
        httpProfile: {
          reqMethod: 'POST',
          protocol: `${protocol}//`,
          endpoint: host,
          // In whole seconds; the signal of the call is exact, this one only stands behind it.
          reqTimeout: Math.max(1, Math.ceil(leftMs / 1_000)),
          agent: agentFor(host, protocol === 'http:' ? this.#agents.http : this.#agents.https),
        },
      },
    };
  }
}

/**
 * The SDK's fetch follows redirects and carries the session token and the body along. It asks a function for the agent
 * of each hop, which its typing does not say: here only the registered host gets one.
 */
function agentFor(host: string, agent: Agent): Agent {
  const ask = (hop: Readonly<{ host: string | null }>): Agent => {
    if (hop.host === host) return agent;
    throw new Error(REDIRECTED);
  };
  return ask as unknown as Agent;
}

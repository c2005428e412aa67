import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsScope } from './aws-api.js';
import { abortAt, clientConfig } from './client-config.js';
import { mapAwsError } from './error-map.js';

/** Service Quotas, as `AwsApi` is EC2: one call out, our errors back. */
export class QuotasApi {
  readonly #clients = new Map<string, ServiceQuotasClient>();

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
  ) {}

  /** Every limit of EC2 in the region, by its code. */
  async limits(at: AwsScope): Promise<ReadonlyMap<string, number>> {
    const limits = new Map<string, number>();
    const call = { operation: 'ListServiceQuotas', region: at.region, mutates: false };
    let next: string | undefined;
    do {
      await at.more?.();
      const options = { abortSignal: abortAt(this.context, at.deadline, call) };
      const command = new ListServiceQuotasCommand({
        ServiceCode: 'ec2',
        MaxResults: 100,
        ...(next === undefined ? {} : { NextToken: next }),
      });
      const page = await this.#clientOf(at.region)
        .send(command, options)
        .catch((thrown: unknown) => {
          throw mapAwsError(thrown, call);
        });
      for (const { QuotaCode, Value } of page.Quotas ?? []) {
        if (QuotaCode !== undefined && Value !== undefined) limits.set(QuotaCode, Math.floor(Value));
      }
      next = page.NextToken;
    } while (next);
    return limits;
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  #clientOf(region: string): ServiceQuotasClient {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const made = new ServiceQuotasClient(clientConfig(this.account, this.context, 'servicequotas', region));
    this.#clients.set(region, made);
    return made;
  }
}

import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Instant } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from '../account.js';
import { abortAt, clientConfig } from '../client-config.js';
import { mapAwsError } from '../error-map.js';

/** Route 53 is one service for all regions, and signed for this one. */
const SIGNED_FOR = 'us-east-1';

type Send<T> = (client: Route53Client, options: { abortSignal: AbortSignal }) => Promise<T>;

/** Route 53, as `AwsApi` is EC2: one call out, our errors back. */
export class NamesApi {
  #client: Route53Client | undefined;

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
  ) {}

  /** Every address record of the name. */
  async records(zone: string, name: string, deadline: Instant): Promise<readonly ResourceRecordSet[]> {
    const records: ResourceRecordSet[] = [];
    let from: Readonly<{ StartRecordIdentifier?: string }> = {};
    for (;;) {
      const page = await this.#send('ListResourceRecordSets', false, deadline, (client, options) =>
        client.send(
          new ListResourceRecordSetsCommand({
            HostedZoneId: zone,
            StartRecordName: name,
            StartRecordType: 'A',
            ...from,
          }),
          options,
        ),
      );
      const own = (page.ResourceRecordSets ?? []).filter(
        (record) => record.Type === 'A' && record.Name?.replace(/\.$/, '').toLowerCase() === name,
      );
      records.push(...own);
      const goesOn =
        page.IsTruncated === true && page.NextRecordType === 'A' && page.NextRecordName !== undefined;
      if (!goesOn || page.NextRecordName?.replace(/\.$/, '').toLowerCase() !== name) return records;
      from =
        page.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: page.NextRecordIdentifier };
    }
  }

  /** All of it or nothing. The id under which its way to the name servers can be followed. */
  async change(zone: string, changes: readonly Change[], deadline: Instant): Promise<string> {
    const done = await this.#send('ChangeResourceRecordSets', true, deadline, (client, options) =>
      client.send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes: [...changes] } }),
        options,
      ),
    );
    return done.ChangeInfo?.Id ?? '';
  }

  async isEverywhere(change: string, deadline: Instant): Promise<boolean> {
    const found = await this.#send('GetChange', false, deadline, (client, options) =>
      client.send(new GetChangeCommand({ Id: change }), options),
    );
    return found.ChangeInfo?.Status === 'INSYNC';
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #send<T>(operation: string, mutates: boolean, deadline: Instant, send: Send<T>): Promise<T> {
    const call = { operation, region: 'all regions', mutates };
    const abortSignal = abortAt(this.context, deadline, call);
    this.#client ??= new Route53Client(clientConfig(this.account, this.context, 'route53', SIGNED_FOR));
    try {
      return await send(this.#client, { abortSignal });
    } catch (thrown) {
      throw mapAwsError(thrown, call);
    }
  }
}

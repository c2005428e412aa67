import { CloudTrailClient, LookupEventsCommand, type Event } from '@aws-sdk/client-cloudtrail';
import type { ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import { abortAt, clientConfig } from './client-config.js';
import { mapAwsError } from './error-map.js';

/** As many as CloudTrail gives in one answer. */
const PAGE_SIZE = 50;

export type EventQuery = Readonly<{ resource: string; since: Date; next: string | undefined }>;
type EventPage = Readonly<{ events: readonly Event[]; next: string | undefined }>;

/** CloudTrail's event history, as `AwsApi` is EC2: one call out, our errors back. */
export class TrailApi {
  readonly #clients = new Map<string, CloudTrailClient>();

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
    private readonly ec2: AwsApi,
  ) {}

  /** One page of what names the resource, newest first. CloudTrail takes one attribute only, so reads are among it. */
  async page(at: AwsScope, { resource, since, next }: EventQuery): Promise<EventPage> {
    this.ec2.checkRegion(at.region);
    const call = { operation: 'LookupEvents', region: at.region, mutates: false };
    const abortSignal = abortAt(this.context, at.deadline, call);
    const command = new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: resource }],
      StartTime: since,
      MaxResults: PAGE_SIZE,
      ...(next === undefined ? {} : { NextToken: next }),
    });
    try {
      const { Events = [], NextToken } = await this.#clientOf(at.region).send(command, { abortSignal });
      return { events: Events, next: NextToken === '' ? undefined : NextToken };
    } catch (thrown) {
      throw mapAwsError(thrown, call);
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  #clientOf(region: string): CloudTrailClient {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const made = new CloudTrailClient(clientConfig(this.account, this.context, 'cloudtrail', region));
    this.#clients.set(region, made);
    return made;
  }
}

import {
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import { abortAt, clientConfig } from './client-config.js';
import { mapAwsError } from './error-map.js';

type Next = Readonly<{ NextToken?: string; MaxResults?: number }>;

/** What the inventory reads and no launch needs: EC2 through `AwsApi`, load balancers beside it. */
export class ResourceApi {
  readonly #balancers = new Map<string, ElasticLoadBalancingV2Client>();

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
    private readonly ec2: AwsApi,
  ) {}

  securityGroups(at: AwsScope, page: Next) {
    return this.ec2.read('DescribeSecurityGroups', at, (client, options) =>
      client.send(new DescribeSecurityGroupsCommand(page), options),
    );
  }

  /** The account's own; those that others share are nobody's inventory. */
  snapshots(at: AwsScope, page: Next) {
    return this.ec2.read('DescribeSnapshots', at, (client, options) =>
      client.send(new DescribeSnapshotsCommand({ ...page, OwnerIds: ['self'] }), options),
    );
  }

  routeTables(at: AwsScope, page: Next) {
    return this.ec2.read('DescribeRouteTables', at, (client, options) =>
      client.send(new DescribeRouteTablesCommand(page), options),
    );
  }

  natGateways(at: AwsScope, page: Next) {
    return this.ec2.read('DescribeNatGateways', at, (client, options) =>
      client.send(new DescribeNatGatewaysCommand(page), options),
    );
  }

  internetGateways(at: AwsScope, page: Next) {
    return this.ec2.read('DescribeInternetGateways', at, (client, options) =>
      client.send(new DescribeInternetGatewaysCommand(page), options),
    );
  }

  async loadBalancers(at: AwsScope, page: Readonly<{ Marker?: string }>) {
    this.ec2.checkRegion(at.region);
    const call = { operation: 'DescribeLoadBalancers', region: at.region, mutates: false };
    const abortSignal = abortAt(this.context, at.deadline, call);
    try {
      return await this.#balancersOf(at.region).send(new DescribeLoadBalancersCommand(page), { abortSignal });
    } catch (thrown) {
      throw mapAwsError(thrown, call);
    }
  }

  close(): void {
    for (const client of this.#balancers.values()) client.destroy();
    this.#balancers.clear();
  }

  #balancersOf(region: string): ElasticLoadBalancingV2Client {
    const known = this.#balancers.get(region);
    if (known !== undefined) return known;
    const made = new ElasticLoadBalancingV2Client(
      clientConfig(this.account, this.context, 'elasticloadbalancing', region),
    );
    this.#balancers.set(region, made);
    return made;
  }
}

import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  ListNodegroupsCommand,
  UpdateNodegroupConfigCommand,
  type Cluster,
  type CreateClusterCommandInput,
  type CreateNodegroupCommandInput,
  type Nodegroup,
} from '@aws-sdk/client-eks';
import { SpringtideError } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import { abortAt, clientConfig } from './client-config.js';
import { mapAwsError } from './error-map.js';

type Send<T> = (client: EKSClient, options: { abortSignal: AbortSignal }) => Promise<T>;

/** EKS, as `AwsApi` is EC2: one call out, our errors back. */
export class ClustersApi {
  readonly #clients = new Map<string, EKSClient>();

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
    private readonly ec2: AwsApi,
  ) {}

  names(at: AwsScope, next: string | undefined) {
    return this.#read('ListClusters', at, (client, options) =>
      client.send(new ListClustersCommand(next === undefined ? {} : { nextToken: next }), options),
    );
  }

  /** Undefined: there is none of that name. */
  async cluster(at: AwsScope, name: string): Promise<Cluster | undefined> {
    const call = this.#read('DescribeCluster', at, (client, options) =>
      client.send(new DescribeClusterCommand({ name }), options),
    );
    return (await orNothing(call))?.cluster;
  }

  async groupNames(at: AwsScope, cluster: string): Promise<readonly string[]> {
    const names: string[] = [];
    let next: string | undefined;
    do {
      const nextToken = next === undefined ? {} : { nextToken: next };
      const call = this.#read('ListNodegroups', at, (client, options) =>
        client.send(new ListNodegroupsCommand({ clusterName: cluster, ...nextToken }), options),
      );
      const page = await orNothing(call);
      names.push(...(page?.nodegroups ?? []));
      next = page?.nextToken;
    } while (next);
    return names;
  }

  async group(at: AwsScope, cluster: string, name: string): Promise<Nodegroup | undefined> {
    const call = this.#read('DescribeNodegroup', at, (client, options) =>
      client.send(new DescribeNodegroupCommand({ clusterName: cluster, nodegroupName: name }), options),
    );
    return (await orNothing(call))?.nodegroup;
  }

  create(at: AwsScope, input: CreateClusterCommandInput) {
    return this.#mutate('CreateCluster', at, (client, options) =>
      client.send(new CreateClusterCommand(input), options),
    );
  }

  createGroup(at: AwsScope, input: CreateNodegroupCommandInput) {
    return this.#mutate('CreateNodegroup', at, (client, options) =>
      client.send(new CreateNodegroupCommand(input), options),
    );
  }

  scaleGroup(at: AwsScope, cluster: string, name: string, nodes: number) {
    return this.#mutate('UpdateNodegroupConfig', at, (client, options) =>
      client.send(
        new UpdateNodegroupConfigCommand({
          clusterName: cluster,
          nodegroupName: name,
          scalingConfig: scalingOf(nodes),
        }),
        options,
      ),
    );
  }

  deleteGroup(at: AwsScope, cluster: string, name: string) {
    return this.#mutate('DeleteNodegroup', at, (client, options) =>
      client.send(new DeleteNodegroupCommand({ clusterName: cluster, nodegroupName: name }), options),
    );
  }

  delete(at: AwsScope, name: string) {
    return this.#mutate('DeleteCluster', at, (client, options) =>
      client.send(new DeleteClusterCommand({ name }), options),
    );
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  #read<T>(operation: string, at: AwsScope, send: Send<T>): Promise<T> {
    return this.#send(operation, false, at, send);
  }

  #mutate<T>(operation: string, at: AwsScope, send: Send<T>): Promise<T> {
    return this.#send(operation, true, at, send);
  }

  async #send<T>(operation: string, mutates: boolean, at: AwsScope, send: Send<T>): Promise<T> {
    this.ec2.checkRegion(at.region);
    const call = { operation, region: at.region, mutates };
    const abortSignal = abortAt(this.context, at.deadline, call);
    try {
      return await send(this.#clientOf(at.region), { abortSignal });
    } catch (thrown) {
      throw mapAwsError(thrown, call);
    }
  }

  #clientOf(region: string): EKSClient {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const made = new EKSClient(clientConfig(this.account, this.context, 'eks', region));
    this.#clients.set(region, made);
    return made;
  }
}

/** A group may shrink to nothing; its upper bound is never below one. */
export function scalingOf(nodes: number) {
  return { minSize: 0, maxSize: Math.max(1, nodes), desiredSize: nodes };
}

async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((thrown: unknown) => {
    if (thrown instanceof SpringtideError && thrown.code === 'not-found') return undefined;
    throw thrown;
  });
}

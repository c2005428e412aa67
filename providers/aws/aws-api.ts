import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DeleteVolumeCommand,
  DescribeAddressesCommand,
  DescribeCapacityReservationsCommand,
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  EC2Client,
  ReleaseAddressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type CreateFleetCommandInput,
  type CreateLaunchTemplateCommandInput,
  type DescribeAddressesCommandInput,
  type DescribeCapacityReservationsCommandInput,
  type DescribeImagesCommandInput,
  type DescribeInstanceTypeOfferingsCommandInput,
  type DescribeInstanceTypesCommandInput,
  type DescribeInstancesCommandInput,
  type DescribeLaunchTemplatesCommandInput,
  type DescribeNetworkInterfacesCommandInput,
  type DescribeSpotInstanceRequestsCommandInput,
  type DescribeSpotPriceHistoryCommandInput,
  type DescribeSubnetsCommandInput,
  type DescribeVolumesCommandInput,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SpringtideError, type Instant } from '@springtide/kernel';
import type { CallOptions, ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import { abortAt, clientConfig } from './client-config.js';
import { mapAwsError, type AwsCall } from './error-map.js';

/** Where and until when. */
export type AwsScope = Readonly<{ region: string; deadline: Instant; more?: CallOptions['more'] }>;

type Send<T> = (client: EC2Client, options: { abortSignal: AbortSignal }) => Promise<T>;

/**
 * EC2 and STS. Every call goes out once, through the endpoint gate's agents, is given up at its
 * deadline, and fails with our errors; retries and rates belong to the caller.
 */
export class AwsApi {
  readonly #clients = new Map<string, EC2Client>();
  #skewMs: number | undefined;

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
  ) {}

  /** Cloud clock minus ours as of the last answer; undefined before one. */
  get clockSkewMs(): number | undefined {
    return this.#skewMs;
  }

  runInstances(at: AwsScope, input: RunInstancesCommandInput) {
    return this.#mutate('RunInstances', at, (client, options) =>
      client.send(new RunInstancesCommand(input), options),
    );
  }

  createFleet(at: AwsScope, input: CreateFleetCommandInput) {
    return this.#mutate('CreateFleet', at, (client, options) =>
      client.send(new CreateFleetCommand(input), options),
    );
  }

  createLaunchTemplate(at: AwsScope, input: CreateLaunchTemplateCommandInput) {
    return this.#mutate('CreateLaunchTemplate', at, (client, options) =>
      client.send(new CreateLaunchTemplateCommand(input), options),
    );
  }

  deleteLaunchTemplate(at: AwsScope, id: string) {
    return this.#mutate('DeleteLaunchTemplate', at, (client, options) =>
      client.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }), options),
    );
  }

  describeLaunchTemplates(at: AwsScope, input: DescribeLaunchTemplatesCommandInput) {
    return this.read('DescribeLaunchTemplates', at, (client, options) =>
      client.send(new DescribeLaunchTemplatesCommand(input), options),
    );
  }

  terminateInstances(at: AwsScope, ids: readonly string[], dryRun = false) {
    return this.#mutate('TerminateInstances', at, (client, options) =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [...ids], DryRun: dryRun }), options),
    );
  }

  describeInstances(at: AwsScope, input: DescribeInstancesCommandInput) {
    return this.read('DescribeInstances', at, (client, options) =>
      client.send(new DescribeInstancesCommand(input), options),
    );
  }

  describeInstanceTypes(at: AwsScope, input: DescribeInstanceTypesCommandInput) {
    return this.read('DescribeInstanceTypes', at, (client, options) =>
      client.send(new DescribeInstanceTypesCommand(input), options),
    );
  }

  describeInstanceTypeOfferings(at: AwsScope, input: DescribeInstanceTypeOfferingsCommandInput) {
    return this.read('DescribeInstanceTypeOfferings', at, (client, options) =>
      client.send(new DescribeInstanceTypeOfferingsCommand(input), options),
    );
  }

  describeSubnets(at: AwsScope, input: DescribeSubnetsCommandInput) {
    return this.read('DescribeSubnets', at, (client, options) =>
      client.send(new DescribeSubnetsCommand(input), options),
    );
  }

  describeVpcs(at: AwsScope, ids: readonly string[]) {
    return this.read('DescribeVpcs', at, (client, options) =>
      client.send(new DescribeVpcsCommand({ VpcIds: [...ids] }), options),
    );
  }

  describeImages(at: AwsScope, input: DescribeImagesCommandInput) {
    return this.read('DescribeImages', at, (client, options) =>
      client.send(new DescribeImagesCommand(input), options),
    );
  }

  describeVolumes(at: AwsScope, input: DescribeVolumesCommandInput) {
    return this.read('DescribeVolumes', at, (client, options) =>
      client.send(new DescribeVolumesCommand(input), options),
    );
  }

  describeNetworkInterfaces(at: AwsScope, input: DescribeNetworkInterfacesCommandInput) {
    return this.read('DescribeNetworkInterfaces', at, (client, options) =>
      client.send(new DescribeNetworkInterfacesCommand(input), options),
    );
  }

  describeAddresses(at: AwsScope, input: DescribeAddressesCommandInput) {
    return this.read('DescribeAddresses', at, (client, options) =>
      client.send(new DescribeAddressesCommand(input), options),
    );
  }

  describeSpotPriceHistory(at: AwsScope, input: DescribeSpotPriceHistoryCommandInput) {
    return this.read('DescribeSpotPriceHistory', at, (client, options) =>
      client.send(new DescribeSpotPriceHistoryCommand(input), options),
    );
  }

  describeCapacityReservations(at: AwsScope, input: DescribeCapacityReservationsCommandInput) {
    return this.read('DescribeCapacityReservations', at, (client, options) =>
      client.send(new DescribeCapacityReservationsCommand(input), options),
    );
  }

  describeSpotInstanceRequests(at: AwsScope, input: DescribeSpotInstanceRequestsCommandInput) {
    return this.read('DescribeSpotInstanceRequests', at, (client, options) =>
      client.send(new DescribeSpotInstanceRequestsCommand(input), options),
    );
  }

  describeRegions(at: AwsScope) {
    return this.read('DescribeRegions', at, (client, options) =>
      client.send(new DescribeRegionsCommand({}), options),
    );
  }

  deleteVolume(at: AwsScope, id: string, dryRun = false) {
    return this.#mutate('DeleteVolume', at, (client, options) =>
      client.send(new DeleteVolumeCommand({ VolumeId: id, DryRun: dryRun }), options),
    );
  }

  deleteNetworkInterface(at: AwsScope, id: string, dryRun = false) {
    return this.#mutate('DeleteNetworkInterface', at, (client, options) =>
      client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id, DryRun: dryRun }), options),
    );
  }

  releaseAddress(at: AwsScope, id: string) {
    return this.#mutate('ReleaseAddress', at, (client, options) =>
      client.send(new ReleaseAddressCommand({ AllocationId: id }), options),
    );
  }

  /** The ARN of who signs. */
  async callerIdentity(at: AwsScope): Promise<string> {
    const call: AwsCall = { operation: 'GetCallerIdentity', region: at.region, mutates: false };
    const client = new STSClient(clientConfig(this.account, this.context, 'sts', at.region));
    try {
      const options = { abortSignal: abortAt(this.context, at.deadline, call) };
      return (await client.send(new GetCallerIdentityCommand({}), options)).Arn ?? '';
    } catch (thrown) {
      throw mapAwsError(thrown, call);
    } finally {
      client.destroy();
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  /** For readings that no launch needs, and that have files of their own. */
  read<T>(operation: string, at: AwsScope, send: Send<T>): Promise<T> {
    return this.#send({ operation, region: at.region, mutates: false }, at, send);
  }

  #mutate<T>(operation: string, at: AwsScope, send: Send<T>): Promise<T> {
    return this.#send({ operation, region: at.region, mutates: true }, at, send);
  }

  async #send<T>(call: AwsCall, at: AwsScope, send: Send<T>): Promise<T> {
    const client = this.#clientOf(at.region);
    const abortSignal = abortAt(this.context, at.deadline, call);
    try {
      return await send(client, { abortSignal });
    } catch (thrown) {
      throw mapAwsError(thrown, call);
    }
  }

  /** @throws invalid-argument for a region that the account is not registered for. */
  checkRegion(region: string): void {
    if (!this.account.regions.includes(region)) {
      throw new SpringtideError(
        'invalid-argument',
        `the AWS account is not registered for region ${region}`,
        {
          nextStep: `Add ${region} to the account's regions.`,
        },
      );
    }
  }

  #clientOf(region: string): EC2Client {
    this.checkRegion(region);
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const client = new EC2Client(clientConfig(this.account, this.context, 'ec2', region));
    this.#watchClock(client);
    this.#clients.set(region, client);
    return client;
  }

  #watchClock(client: EC2Client): void {
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = result.response as { headers?: Record<string, string> };
        const told = Date.parse(headers?.['date'] ?? '');
        // The header has whole seconds; half a second is the middle of what it may mean.
        if (!Number.isNaN(told)) this.#skewMs = told + 500 - this.context.clock.now().getTime();
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'springtideWatchClock' },
    );
  }
}

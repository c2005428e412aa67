import type { CreateFleetCommandInput, RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { SpringtideError } from '@springtide/kernel';
import type { LaunchBatch } from '@springtide/provider-kit';
import { createHash } from 'node:crypto';
import type { AwsApi, AwsScope } from './aws-api.js';
import { awsCodeOf, mapAwsError } from './error-map.js';
import { spotOptions, toRunInstances } from './mapping.js';
import { launchTags } from './tags.js';

/** `refusal` says why there are fewer than asked for; a fleet tells that, RunInstances does not. */
export type Launched = Readonly<{ ids: readonly string[]; refusal?: SpringtideError }>;

type Place = Readonly<{ subnet: string | undefined; maxSpotPrice: string | undefined }>;

/**
 * One batch as an instant fleet. The fleet needs a launch template, which holds everything but number and place; its name
 * is the hash of what it holds, so that the same batch finds the same template and another batch never does.
 */
export async function launchFleet(
  api: AwsApi,
  at: AwsScope,
  batch: LaunchBatch,
  place: Place,
): Promise<Launched> {
  const data = templateData(batch);
  const template = `springtide-${createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 32)}`;
  await ensureTemplate(api, at, template, data, batch);
  await at.more?.();
  const { Instances = [], Errors = [] } = await api.createFleet(at, toFleet(batch, template, place));
  const ids = Instances.flatMap(({ InstanceIds = [] }) => InstanceIds);
  const [error] = Errors;
  if (error === undefined) return { ids };
  const call = { operation: 'CreateFleet', region: at.region, mutates: true };
  const mapped = mapAwsError({ name: error.ErrorCode, message: error.ErrorMessage }, call);
  const refusal = withoutEffect(mapped);
  // The fleet has answered: what it does not list was not created.
  if (ids.length === 0) throw refusal;
  return { ids, refusal };
}

function templateData(batch: LaunchBatch): RequestLaunchTemplateData {
  const {
    ClientToken: _token,
    MinCount: _minimum,
    MaxCount: _count,
    Placement: _placement,
    InstanceType: _type,
    InstanceMarketOptions: _market,
    ...data
  } = toRunInstances(batch, undefined);
  return data;
}

function toFleet(batch: LaunchBatch, template: string, place: Place): CreateFleetCommandInput {
  const { subnet, maxSpotPrice } = place;
  const spot = batch.purchaseOption === 'spot';
  // Machine type and zone are the plan's decision, and partial means the same as with RunInstances.
  const bounds = {
    MinTargetCapacity: batch.minimum,
    SingleInstanceType: true,
    SingleAvailabilityZone: true,
  } as const;
  return {
    ClientToken: batch.token,
    Type: 'instant',
    TargetCapacitySpecification: {
      TotalTargetCapacity: batch.count,
      DefaultTargetCapacityType: spot ? 'spot' : 'on-demand',
    },
    ...(spot
      ? {
          SpotOptions: {
            ...bounds,
            AllocationStrategy: 'capacity-optimized',
            InstanceInterruptionBehavior: spotOptions(undefined).InstanceInterruptionBehavior,
          },
        }
      : { OnDemandOptions: { ...bounds, AllocationStrategy: 'lowest-price' } }),
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: { LaunchTemplateName: template, Version: '1' },
        Overrides: [
          {
            InstanceType: batch.machineType as 'c6i.large',
            ...(subnet === undefined ? { AvailabilityZone: batch.zone } : { SubnetId: subnet }),
            ...(spot && maxSpotPrice !== undefined ? { MaxPrice: maxSpotPrice } : {}),
          },
        ],
      },
    ],
    TagSpecifications: [{ ResourceType: 'fleet', Tags: launchTags(batch) }],
  };
}

/** A template starts nothing: whatever goes wrong with it, no machine was created. */
async function ensureTemplate(
  api: AwsApi,
  at: AwsScope,
  name: string,
  data: RequestLaunchTemplateData,
  batch: LaunchBatch,
): Promise<void> {
  try {
    await api.createLaunchTemplate(at, {
      LaunchTemplateName: name,
      LaunchTemplateData: data,
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: launchTags(batch) }],
    });
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    if (awsCodeOf(thrown) === 'InvalidLaunchTemplateName.AlreadyExistsException') return;
    throw withoutEffect(thrown);
  }
}

function withoutEffect(error: SpringtideError): SpringtideError {
  const { code, message, retry, facts, retryAfterMs, nextStep } = error;
  return new SpringtideError(code, message, {
    effect: 'none',
    retry,
    facts,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}

import type { ActionHandler } from '../api.js';
import { modifyAutoReleaseTime } from './auto-release.js';
import {
  describeAccountAttributes,
  describeAvailableResource,
  describeInstanceTypes,
  describeRegions,
  describeZones,
} from './catalog.js';
import { describeInstances, describeInstanceStatus } from './describe-instances.js';
import { deleteDisk, describeDisks } from './disk-calls.js';
import {
  deleteInstance,
  deleteInstances,
  rebootInstance,
  startInstance,
  startInstances,
  stopInstance,
  stopInstances,
} from './instance-calls.js';
import {
  deleteNetworkInterface,
  describeNetworkInterfaces,
  detachNetworkInterface,
} from './network-interface.js';
import { describeDedicatedHosts, describeImages, describeSecurityGroups } from './places.js';
import { describeCapacityReservations, describeElasticityAssurances } from './private-pools.js';
import { describePrice, describeSpotAdvice, describeSpotPriceHistory } from './prices.js';
import { runInstances } from './run-instances.js';
import { listTagResources, tagResources, untagResources } from './tag-calls.js';

export const ECS_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  RunInstances: runInstances,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  DeleteInstances: deleteInstances,
  DeleteInstance: deleteInstance,
  StopInstance: stopInstance,
  StartInstance: startInstance,
  StopInstances: stopInstances,
  StartInstances: startInstances,
  RebootInstance: rebootInstance,
  ModifyInstanceAutoReleaseTime: modifyAutoReleaseTime,
  DescribeRegions: describeRegions,
  DescribeZones: describeZones,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeAvailableResource: describeAvailableResource,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeCapacityReservations: describeCapacityReservations,
  DescribeElasticityAssurances: describeElasticityAssurances,
  DescribePrice: describePrice,
  DescribeSpotPriceHistory: describeSpotPriceHistory,
  DescribeSpotAdvice: describeSpotAdvice,
  DescribeImages: describeImages,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeDedicatedHosts: describeDedicatedHosts,
  DescribeDisks: describeDisks,
  DeleteDisk: deleteDisk,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DetachNetworkInterface: detachNetworkInterface,
  DeleteNetworkInterface: deleteNetworkInterface,
  ListTagResources: listTagResources,
  TagResources: tagResources,
  UntagResources: untagResources,
};

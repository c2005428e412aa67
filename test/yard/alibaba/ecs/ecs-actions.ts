import type { ActionHandler } from '../api.js';
import { modifyAutoReleaseTime } from './auto-release.js';
import { describeInstances, describeInstanceStatus } from './describe-instances.js';
import {
  deleteInstance,
  deleteInstances,
  rebootInstance,
  startInstances,
  stopInstances,
} from './instance-calls.js';
import { runInstances } from './run-instances.js';

export const ECS_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  RunInstances: runInstances,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  DeleteInstances: deleteInstances,
  DeleteInstance: deleteInstance,
  StopInstances: stopInstances,
  StartInstances: startInstances,
  RebootInstance: rebootInstance,
  ModifyInstanceAutoReleaseTime: modifyAutoReleaseTime,
};

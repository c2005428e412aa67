import { QUOTA_ACTIONS, STS_ACTIONS } from './account/identity-and-quotas.js';
import { BSS_ACTIONS } from './account/bills.js';
import { CLUSTER_ACTIONS } from './ack/cluster-actions.js';
import { ALB_ACTIONS } from './alb/alb-actions.js';
import { DNS_ACTIONS } from './dns/dns-actions.js';
import { SLB_ACTIONS } from './slb/slb-actions.js';
import type { AlibabaCloud } from './cloud.js';
import { ECS_ACTIONS } from './ecs/ecs-actions.js';
import { TRAIL_ACTIONS } from './trail/lookup-events.js';
import { VPC_ACTIONS } from './vpc/vpc-actions.js';
import type { AnswerBody, ApiCall } from './wire/api-call.js';

/** Does one action. @throws WireError */
export type ActionHandler = (cloud: AlibabaCloud, call: ApiCall) => AnswerBody;

/** By `product:Action`. */
export const ACTIONS: ReadonlyMap<string, ActionHandler> = new Map(
  Object.entries({
    ecs: ECS_ACTIONS,
    vpc: VPC_ACTIONS,
    sts: STS_ACTIONS,
    quotas: QUOTA_ACTIONS,
    bssopenapi: BSS_ACTIONS,
    actiontrail: TRAIL_ACTIONS,
    alb: ALB_ACTIONS,
    slb: SLB_ACTIONS,
    alidns: DNS_ACTIONS,
    cs: CLUSTER_ACTIONS,
  }).flatMap(([product, actions]) =>
    Object.entries(actions).map(([action, handler]) => [`${product}:${action}`, handler] as const),
  ),
);

import type { AlibabaCloud } from './cloud.js';
import { ECS_ACTIONS } from './ecs/ecs-actions.js';
import type { AnswerBody, ApiCall } from './wire/api-call.js';

/** Does one action. @throws WireError */
export type ActionHandler = (cloud: AlibabaCloud, call: ApiCall) => AnswerBody;

/** By `product:Action`. */
export const ACTIONS: ReadonlyMap<string, ActionHandler> = new Map(
  Object.entries({ ecs: ECS_ACTIONS }).flatMap(([product, actions]) =>
    Object.entries(actions).map(([action, handler]) => [`${product}:${action}`, handler] as const),
  ),
);

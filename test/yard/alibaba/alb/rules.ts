import { z } from 'zod';
import type { AlibabaCloud } from '../cloud.js';
import { dryRunPassed } from '../ecs/run-instances.js';
import { hasTags } from '../ecs/describe-instances.js';
import { newId } from '../ids.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { parameterTree } from '../wire/parameter-tree.js';
import { invalidParameter, missingParameter, WireError } from '../wire/wire-error.js';
import { conditionsSchema, mustBeAt, type Balancing, type Rule, type RuleCondition } from './balancing.js';
import { readActions } from './listeners.js';
import { tokenPage } from './token-page.js';

export function listRules(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const ids = call.list('RuleIds');
  const listeners = call.list('ListenerIds');
  const balancers = call.list('LoadBalancerIds');
  const tags = call.tags();
  const { balancing } = cloud;
  const page = tokenPage(
    call,
    balancing.rules.values(),
    (rule) =>
      (ids.length === 0 || ids.includes(rule.id)) &&
      (listeners.length === 0 || listeners.includes(rule.listenerId)) &&
      (balancers.length === 0 || balancers.includes(balancing.listener(rule.listenerId).loadBalancerId)) &&
      hasTags(rule.tags, tags),
  );
  return { ...page.about, Rules: page.items.map((rule) => ruleShape(balancing, rule)) };
}

function ruleShape(balancing: Balancing, rule: Rule): AnswerBody {
  return {
    RuleId: rule.id,
    RuleName: rule.name,
    RuleStatus: rule.status,
    Priority: rule.priority,
    Direction: 'Request',
    ListenerId: rule.listenerId,
    LoadBalancerId: balancing.listener(rule.listenerId).loadBalancerId,
    RuleConditions: rule.conditions,
    RuleActions: rule.actions,
    Tags: [...rule.tags].map(([Key, Value]) => ({ Key, Value })),
  };
}

export function createRule(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const { balancing } = cloud;
    const listener = balancing.listener(call.need('ListenerId'));
    const actions = readActions(balancing, call);
    const conditions = readConditions(call);
    if (actions === undefined) throw missingParameter('RuleActions');
    if (conditions === undefined) throw missingParameter('RuleConditions');
    const priority = Number(call.need('Priority'));
    checkPriority(balancing, listener.id, priority);
    if (call.flag('DryRun') === true) throw dryRunPassed();
    const rule: Rule = {
      id: newId('rule').replace('-bp1', '-'),
      order: balancing.nextOrder(),
      regionId: listener.regionId,
      listenerId: listener.id,
      tags: new Map(call.tags()),
      name: call.need('RuleName'),
      priority,
      conditions,
      actions,
      status: 'Provisioning',
    };
    balancing.rules.set(rule.id, rule);
    const job = balancing.later(call.action, rule.id, () => {
      rule.status = 'Available';
    });
    return { RuleId: rule.id, JobId: job.id };
  });
}

export function updateRule(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const { balancing } = cloud;
    const rule = balancing.rule(call.need('RuleId'));
    const actions = readActions(balancing, call);
    const conditions = readConditions(call);
    const priority = call.number('Priority');
    mustBeAt(rule.status, 'Available', 'Rule', rule.id);
    if (priority !== undefined && priority !== rule.priority) {
      checkPriority(balancing, rule.listenerId, priority);
    }
    if (call.flag('DryRun') === true) throw dryRunPassed();
    rule.status = 'Configuring';
    const job = balancing.later(call.action, rule.id, () => {
      rule.status = 'Available';
      rule.actions = actions ?? rule.actions;
      rule.conditions = conditions ?? rule.conditions;
      rule.priority = priority ?? rule.priority;
      rule.name = call.text('RuleName') ?? rule.name;
    });
    return { JobId: job.id };
  });
}

export function deleteRule(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { balancing } = cloud;
  const rule = balancing.rule(call.need('RuleId'));
  mustBeAt(rule.status, 'Available', 'Rule', rule.id);
  rule.status = 'Configuring';
  return { JobId: balancing.later(call.action, rule.id, () => void balancing.rules.delete(rule.id)).id };
}

/** Job by job, newest last. */
export function listJobs(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const ids = call.list('JobIds');
  const resources = call.list('ResourceIds');
  const jobs = [...cloud.balancing.jobs.values()].filter(
    ({ id, resourceId }) =>
      (ids.length === 0 || ids.includes(id)) && (resources.length === 0 || resources.includes(resourceId)),
  );
  return {
    TotalCount: jobs.length,
    MaxResults: jobs.length,
    Jobs: jobs.map(({ id, api, resourceId, status }) => ({
      Id: id,
      ApiName: api,
      ResourceId: resourceId,
      Status: status,
    })),
  };
}

function readConditions(call: ApiCall): readonly RuleCondition[] | undefined {
  const tree = parameterTree(call.parameters, 'RuleConditions');
  if (tree === undefined) return undefined;
  const read = conditionsSchema.safeParse(tree);
  if (read.success) return read.data;
  throw invalidParameter('RuleConditions', z.prettifyError(read.error));
}

function checkPriority(balancing: Balancing, listenerId: string, priority: number): void {
  const isTaken = [...balancing.rules.values()].some(
    (rule) => rule.listenerId === listenerId && rule.priority === priority,
  );
  if (!isTaken) return;
  throw new WireError(409, 'Conflict.Priority', `There is already a rule with the priority ${priority}.`);
}

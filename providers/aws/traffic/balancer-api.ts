import {
  AddTagsCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
  RemoveTagsCommand,
  SetRulePrioritiesCommand,
  type Action,
  type CreateRuleCommandInput,
  type CreateTargetGroupCommandInput,
  type RulePriorityPair,
  type Tag,
  type TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from '../account.js';
import type { AwsScope } from '../aws-api.js';
import { abortAt, clientConfig } from '../client-config.js';
import { mapAwsError } from '../error-map.js';

/** DescribeTags takes so many. */
const TAGGED_AT_ONCE = 20;

type Send<T> = (client: ElasticLoadBalancingV2Client, options: { abortSignal: AbortSignal }) => Promise<T>;

/** Elastic Load Balancing v2, as `AwsApi` is EC2: one call out, our errors back. */
export class BalancerApi {
  readonly #clients = new Map<string, ElasticLoadBalancingV2Client>();

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
  ) {}

  async listener(at: AwsScope, arn: string) {
    const found = await this.#read('DescribeListeners', at, (client, options) =>
      client.send(new DescribeListenersCommand({ ListenerArns: [arn] }), options),
    );
    return found.Listeners?.[0];
  }

  async loadBalancer(at: AwsScope, arn: string) {
    const found = await this.#read('DescribeLoadBalancers', at, (client, options) =>
      client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }), options),
    );
    return found.LoadBalancers?.[0];
  }

  async rules(at: AwsScope, listenerArn: string) {
    const found = await this.#read('DescribeRules', at, (client, options) =>
      client.send(new DescribeRulesCommand({ ListenerArn: listenerArn }), options),
    );
    return found.Rules ?? [];
  }

  async targetHealth(at: AwsScope, arn: string) {
    const found = await this.#read('DescribeTargetHealth', at, (client, options) =>
      client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }), options),
    );
    return found.TargetHealthDescriptions ?? [];
  }

  /** Tags of each, by ARN. */
  async tags(at: AwsScope, arns: readonly string[]): Promise<ReadonlyMap<string, readonly Tag[]>> {
    const tags = new Map<string, readonly Tag[]>();
    for (let from = 0; from < arns.length; from += TAGGED_AT_ONCE) {
      const ResourceArns = arns.slice(from, from + TAGGED_AT_ONCE);
      const found = await this.#read('DescribeTags', at, (client, options) =>
        client.send(new DescribeTagsCommand({ ResourceArns }), options),
      );
      for (const { ResourceArn = '', Tags = [] } of found.TagDescriptions ?? []) tags.set(ResourceArn, Tags);
    }
    return tags;
  }

  addTags(at: AwsScope, arn: string, tags: readonly Tag[]) {
    return this.#mutate('AddTags', at, (client, options) =>
      client.send(new AddTagsCommand({ ResourceArns: [arn], Tags: [...tags] }), options),
    );
  }

  removeTags(at: AwsScope, arn: string, keys: readonly string[]) {
    return this.#mutate('RemoveTags', at, (client, options) =>
      client.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: [...keys] }), options),
    );
  }

  async createTargetGroup(at: AwsScope, input: CreateTargetGroupCommandInput): Promise<string> {
    const made = await this.#mutate('CreateTargetGroup', at, (client, options) =>
      client.send(new CreateTargetGroupCommand(input), options),
    );
    return made.TargetGroups?.[0]?.TargetGroupArn ?? '';
  }

  setDrainSeconds(at: AwsScope, arn: string, seconds: number) {
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }];
    return this.#mutate('ModifyTargetGroupAttributes', at, (client, options) =>
      client.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes }), options),
    );
  }

  deleteTargetGroup(at: AwsScope, arn: string) {
    return this.#mutate('DeleteTargetGroup', at, (client, options) =>
      client.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn }), options),
    );
  }

  register(at: AwsScope, arn: string, targets: readonly TargetDescription[]) {
    return this.#mutate('RegisterTargets', at, (client, options) =>
      client.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [...targets] }), options),
    );
  }

  deregister(at: AwsScope, arn: string, targets: readonly TargetDescription[]) {
    return this.#mutate('DeregisterTargets', at, (client, options) =>
      client.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: [...targets] }), options),
    );
  }

  modifyListener(at: AwsScope, arn: string, actions: readonly Action[]) {
    return this.#mutate('ModifyListener', at, (client, options) =>
      client.send(new ModifyListenerCommand({ ListenerArn: arn, DefaultActions: [...actions] }), options),
    );
  }

  modifyRule(at: AwsScope, arn: string, actions: readonly Action[]) {
    return this.#mutate('ModifyRule', at, (client, options) =>
      client.send(new ModifyRuleCommand({ RuleArn: arn, Actions: [...actions] }), options),
    );
  }

  createRule(at: AwsScope, input: CreateRuleCommandInput) {
    return this.#mutate('CreateRule', at, (client, options) =>
      client.send(new CreateRuleCommand(input), options),
    );
  }

  deleteRule(at: AwsScope, arn: string) {
    return this.#mutate('DeleteRule', at, (client, options) =>
      client.send(new DeleteRuleCommand({ RuleArn: arn }), options),
    );
  }

  setPriorities(at: AwsScope, pairs: readonly RulePriorityPair[]) {
    return this.#mutate('SetRulePriorities', at, (client, options) =>
      client.send(new SetRulePrioritiesCommand({ RulePriorities: [...pairs] }), options),
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
    const call = { operation, region: at.region, mutates };
    const abortSignal = abortAt(this.context, at.deadline, call);
    try {
      return await send(this.#clientOf(at.region), { abortSignal });
    } catch (thrown) {
      throw mapAwsError(thrown, call);
    }
  }

  #clientOf(region: string): ElasticLoadBalancingV2Client {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const made = new ElasticLoadBalancingV2Client(
      clientConfig(this.account, this.context, 'elasticloadbalancing', region),
    );
    this.#clients.set(region, made);
    return made;
  }
}

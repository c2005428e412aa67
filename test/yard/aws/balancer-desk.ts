import { Balancer } from '../balancers/balancer.js';
import type { BalancerMember, BalancerRule, BalancerState, Forward } from '../balancers/balancer-state.js';
import { xmlAnswer, type WireAnswer, type WireCall } from './query-protocol.js';
import type { YardSeed } from './seed.js';
import type { Upstream } from './upstream.js';
import { XmlElement, parseXml } from './xml-element.js';

/** A load balancer of the emulator with a listener, and the body that carries its requests. */
export type YardBalancer = Readonly<{ listenerArn: string; url: string }>;

type Carried = Readonly<{ listenerArn: string; body: Balancer }>;

const SERVICE = 'elasticloadbalancing';

/**
 * The emulator keeps the books of Elastic Load Balancing and moves nothing. Here each listener gets a body: after every
 * change its state is read back from the emulator and carried, and the health that the body sees is what is told.
 */
export class BalancerDesk {
  #carried: readonly Carried[] = [];
  readonly #bodies = new Map<string, Balancer>();

  constructor(
    private readonly upstream: Upstream,
    private readonly region: string,
  ) {}

  /** One load balancer per name, answering 503 until something is registered. */
  async open(names: readonly string[], seed: YardSeed): Promise<Readonly<Record<string, YardBalancer>>> {
    const opened: Record<string, YardBalancer> = {};
    const carried: Carried[] = [];
    for (const name of names) {
      const body = this.#bodies.get(name) ?? (await Balancer.start('127.0.0.1', 0));
      this.#bodies.set(name, body);
      const listenerArn = await this.#createListener(name, body.port, seed);
      carried.push({ listenerArn, body });
      opened[name] = { listenerArn, url: body.url };
    }
    this.#carried = carried;
    await this.refresh();
    return opened;
  }

  async answer(call: WireCall): Promise<WireAnswer> {
    const answer = await this.upstream.forward(call);
    if (answer.status >= 300) return answer;
    if (call.action === 'DescribeTargetHealth') return this.#withHealth(answer);
    if (!call.action.startsWith('Describe')) await this.refresh();
    return answer;
  }

  /** What the emulator's books say is what is carried from now on. */
  async refresh(): Promise<void> {
    for (const { listenerArn, body } of this.#carried) body.apply(await this.#stateOf(listenerArn));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#bodies.values()].map(async (body) => body.stop()));
  }

  async #createListener(name: string, port: number, seed: YardSeed): Promise<string> {
    const [first = '', second = ''] = Object.values(seed.subnets);
    const balancer = await this.#query({
      Action: 'CreateLoadBalancer',
      Name: name,
      'Subnets.member.1': first,
      'Subnets.member.2': second,
    });
    const arn = balancer.at('CreateLoadBalancerResult')?.list('LoadBalancers', 'member')[0];
    const listener = await this.#query({
      Action: 'CreateListener',
      LoadBalancerArn: arn?.textAt('LoadBalancerArn') ?? '',
      Protocol: 'HTTP',
      Port: String(port),
      'DefaultActions.member.1.Type': 'fixed-response',
      'DefaultActions.member.1.FixedResponseConfig.StatusCode': '503',
      'DefaultActions.member.1.FixedResponseConfig.ContentType': 'text/plain',
    });
    return listener.at('CreateListenerResult')?.list('Listeners', 'member')[0]?.textAt('ListenerArn') ?? '';
  }

  async #stateOf(listenerArn: string): Promise<BalancerState> {
    const found = await this.#query({ Action: 'DescribeRules', ListenerArn: listenerArn });
    const rules = found.at('DescribeRulesResult')?.list('Rules', 'member') ?? [];
    const byPriority = rules
      .filter((rule) => rule.textAt('Priority') !== 'default')
      .toSorted((a, b) => Number(a.textAt('Priority')) - Number(b.textAt('Priority')));
    const last = rules.find((rule) => rule.textAt('Priority') === 'default');
    const forward = last === undefined ? [] : forwardOf(last);
    const own = byPriority.flatMap(ruleOf);
    const arns = new Set([...own.flatMap((rule) => rule.forward), ...forward].map(({ pool }) => pool));
    const pools = await Promise.all(
      [...arns].map(async (name) => ({ name, members: await this.#membersOf(name) })),
    );
    return { pools, rules: own, forward };
  }

  async #membersOf(arn: string): Promise<readonly BalancerMember[]> {
    const found = await this.#query({ Action: 'DescribeTargetHealth', TargetGroupArn: arn });
    const targets = found.at('DescribeTargetHealthResult')?.list('TargetHealthDescriptions', 'member') ?? [];
    return targets.map((target) => memberOf(target.textAt('Target', 'Id'), target.textAt('Target', 'Port')));
  }

  /** The emulator calls every target healthy; the body knows better. */
  #withHealth(answer: WireAnswer): WireAnswer {
    const root = parseXml(String(answer.body));
    const targets = root.at('DescribeTargetHealthResult')?.list('TargetHealthDescriptions', 'member') ?? [];
    for (const target of targets) {
      const member = memberOf(target.textAt('Target', 'Id'), target.textAt('Target', 'Port'));
      const seen = this.#carried.map(({ body }) => body.health(member));
      const health = seen.find((one) => one !== 'initial') ?? 'initial';
      target.put(new XmlElement('TargetHealth', {}, [XmlElement.leaf('State', health)]));
    }
    return xmlAnswer(root.toString());
  }

  #query(params: Readonly<Record<string, string>>): Promise<XmlElement> {
    return this.upstream.query(SERVICE, this.region, params);
  }
}

function memberOf(address: string, port: string): BalancerMember {
  return { id: `${address}:${port}`, address, port: Number(port), weight: 1 };
}

function forwardOf(rule: XmlElement): Forward {
  const action = rule.list('Actions', 'member').find((each) => each.textAt('Type') === 'forward');
  const groups = action?.at('ForwardConfig')?.list('TargetGroups', 'member') ?? [];
  if (groups.length > 0) {
    return groups.map((group) => {
      const weight = group.textAt('Weight');
      return { pool: group.textAt('TargetGroupArn'), weight: weight === '' ? 1 : Number(weight) };
    });
  }
  const only = action?.textAt('TargetGroupArn') ?? '';
  return only === '' ? [] : [{ pool: only, weight: 1 }];
}

/** Conditions on headers and sources are carried; a path condition with `*` among its values fits everything. */
function ruleOf(rule: XmlElement): readonly BalancerRule[] {
  const forward = forwardOf(rule);
  return rule.list('Conditions', 'member').flatMap((condition): readonly BalancerRule[] => {
    const header = condition.at('HttpHeaderConfig');
    const source = condition.at('SourceIpConfig');
    const valuesOf = (config: XmlElement) => config.list('Values', 'member').map(({ text }) => text);
    if (header !== undefined) {
      const when = { header: header.textAt('HttpHeaderName'), values: valuesOf(header) };
      return [{ when, forward }];
    }
    return source === undefined ? [] : [{ when: { sourceRanges: valuesOf(source) }, forward }];
  });
}

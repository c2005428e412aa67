import { setTimeout as wait } from 'node:timers/promises';
import type { TencentYardAccess } from './tencent-yard.js';
import { callWire, type WireAnswer } from './wire-client.js';

export type YardRule = Readonly<{ loadBalancer: string; listener: string; rule: string }>;

const TASK_RUNNING = 2;

/** A load balancer with one HTTP rule, as an operator makes it before any campaign. */
export async function makeBalancer(
  access: Pick<TencentYardAccess, 'endpoint' | 'secretId' | 'secretKey'>,
  place: Readonly<{ region: string; vpc: string; name: string; port: number }>,
): Promise<YardRule> {
  const call = async (action: string, params: object): Promise<WireAnswer> => {
    const request = { version: '2018-03-17', scope: 'clb', region: place.region };
    return callWire(access, { ...request, action, params });
  };
  const done = async (task: WireAnswer): Promise<WireAnswer> => {
    for (;;) {
      const { Status } = await call('DescribeTaskStatus', { TaskId: task.RequestId });
      if (Status !== TASK_RUNNING) return task;
      await wait(20);
    }
  };
  const made = await done(
    await call('CreateLoadBalancer', {
      LoadBalancerType: 'OPEN',
      VpcId: place.vpc,
      LoadBalancerName: place.name,
    }),
  );
  const loadBalancer = firstOf(made['LoadBalancerIds']);
  const opened = await done(
    await call('CreateListener', { LoadBalancerId: loadBalancer, Ports: [place.port], Protocol: 'HTTP' }),
  );
  const listener = firstOf(opened['ListenerIds']);
  const ruled = await done(
    await call('CreateRule', {
      LoadBalancerId: loadBalancer,
      ListenerId: listener,
      Rules: [{ Domain: 'shop.example', Url: '/' }],
    }),
  );
  return { loadBalancer, listener, rule: firstOf(ruled['LocationIds']) };
}

function firstOf(ids: unknown): string {
  return (ids as readonly string[])[0] ?? '';
}

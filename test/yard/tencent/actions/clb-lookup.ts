import type { Balancer, Listener } from '../cloud/balancer.js';
import { WireError } from '../wire/wire-error.js';
import type { ActionCall } from './action.js';

/** @throws WireError InvalidParameter.LBIdNotFound */
export function balancerOf({ region, params }: ActionCall): Balancer {
  return balancerById(region().balancers, String(params['LoadBalancerId']));
}

export function balancerById(balancers: ReadonlyMap<string, Balancer>, id: string): Balancer {
  const balancer = balancers.get(id);
  if (balancer !== undefined) return balancer;
  throw new WireError('InvalidParameter.LBIdNotFound', `The load balancer \`${id}\` is not found.`);
}

/** @throws WireError InvalidParameter.ListenerIdNotFound */
export function listenerOf(balancer: Balancer, id: string): Listener {
  const listener = balancer.listeners.find((each) => each.id === id);
  if (listener !== undefined) return listener;
  throw new WireError(
    'InvalidParameter.ListenerIdNotFound',
    `The listener \`${id}\` is not in \`${balancer.id}\`.`,
  );
}

/** Its targets hang on rules, by host and path. */
export function hostAware({ protocol }: Pick<Listener, 'protocol'>): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS';
}

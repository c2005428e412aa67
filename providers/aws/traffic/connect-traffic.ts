import type { ProviderContext } from '@springtide/provider-kit';
import type { AwsAccount } from '../account.js';
import type { AwsApi } from '../aws-api.js';
import { AwsTraffic } from './aws-traffic.js';
import { BalancerApi } from './balancer-api.js';
import type { Entrance } from './entrance.js';
import { ListenerEntrance } from './listener-entrance.js';
import { NameEntrance } from './name-entrance.js';
import { NamesApi } from './names-api.js';

export type ConnectedTraffic = Readonly<{ traffic: AwsTraffic; close: () => void }>;

export function connectTraffic(account: AwsAccount, ec2: AwsApi, context: ProviderContext): ConnectedTraffic {
  const balancers = new BalancerApi(account, context);
  const names = new NamesApi(account, context);
  const entrances = new Map(
    Object.entries(account.routes).map(([name, route]): [string, Entrance] => [
      name,
      route.kind === 'listener'
        ? new ListenerEntrance(name, route, ec2, balancers, context.clock)
        : new NameEntrance(name, route, names, context.clock),
    ]),
  );
  return {
    traffic: new AwsTraffic(entrances),
    close: () => {
      balancers.close();
      names.close();
    },
  };
}

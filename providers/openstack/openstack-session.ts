import type { Clock } from '@springtide/kernel';
import type { ProviderContext, ProviderSession } from '@springtide/provider-kit';
import type { OpenstackAccount } from './account.js';
import { HttpConnection } from './http-connection.js';
import { Identity } from './identity.js';
import { OpenstackImages } from './images.js';
import { Lanes } from './lanes.js';
import { LaunchLock } from './launch-lock.js';
import { OpenstackNetworks } from './networks.js';
import { OpenstackApi } from './openstack-api.js';
import { OpenstackCompute } from './openstack-compute.js';
import { PlaceBook } from './place-book.js';
import { RecentLaunches } from './recent-launches.js';
import { OpenstackResources } from './resources.js';
import { StockReader } from './stock.js';
import { verifyAccount } from './verify.js';

/** Everything of one session that its parts share. */
export type Openstack = Readonly<{
  account: OpenstackAccount;
  api: OpenstackApi;
  clock: Clock;
  places: PlaceBook;
  stock: StockReader;
  recent: RecentLaunches;
  lock: LaunchLock;
  lanes: Lanes;
}>;

export async function openOpenstack(
  account: OpenstackAccount,
  context: ProviderContext,
  visibilityLagMs: number,
): Promise<ProviderSession> {
  const { clock, gate, log } = context;
  await gate.check(account.url);
  const http = new HttpConnection(gate, clock, account.caPem);
  const api = new OpenstackApi(new Identity(account, http, gate, clock), http);
  const openstack: Openstack = {
    account,
    api,
    clock,
    places: new PlaceBook(api, account, clock),
    stock: new StockReader(api, clock, account.pageSize),
    recent: new RecentLaunches(clock, visibilityLagMs),
    lock: new LaunchLock(api, clock, log),
    lanes: new Lanes(),
  };
  let closed = false;
  return {
    verify: async (at) => verifyAccount(openstack, at),
    compute: new OpenstackCompute(openstack),
    network: new OpenstackNetworks(openstack),
    images: new OpenstackImages(openstack),
    resources: new OpenstackResources(openstack),
    // The token ends by itself: revoking it would also end what other processes have of it in a service's memory.
    close: async () => {
      if (closed) return;
      closed = true;
      await http.close();
    },
  };
}

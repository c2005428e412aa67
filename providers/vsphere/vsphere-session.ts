import { addMs, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { AccountReport, ProviderContext, ProviderSession } from '@springtide/provider-kit';
import type { VsphereAccount } from './account.js';
import { VsphereCompute } from './compute.js';
import { VsphereImages } from './images.js';
import { ContentLibraries } from './library/content-libraries.js';
import { MachineFeeds } from './machine-feeds.js';
import type { Vsphere } from './machine-search.js';
import { VsphereNetworks } from './networks.js';
import { MachineTags } from './machine-tags.js';
import { grantedPrivileges, privilegesFor } from './privileges.js';
import { RestConnection } from './rest/rest-connection.js';
import { VsphereResources } from './resources.js';
import { SiteMap, readDatacenters } from './site-map.js';
import { VsphereSnapshots } from './snapshots.js';
import { SoapConnection } from './soap/soap-connection.js';
import { propertyText } from './vim/property-collector.js';
import { TaskRunner } from './vim/tasks.js';
import { VimSession } from './vim/vim-session.js';

const VERIFY_LIMIT_MS = 30_000;
const LOGOUT_LIMIT_MS = 5_000;

export function openVsphere(account: VsphereAccount, context: ProviderContext): ProviderSession {
  const { clock, gate, log } = context;
  const dispatcher = gate.dispatcher(account.caPem === undefined ? {} : { ca: account.caPem });
  const session = new VimSession(new SoapConnection(account.url, dispatcher, clock), account);
  const tasks = new TaskRunner(session, clock);
  const rest = new RestConnection(account.url, dispatcher, clock, account);
  const tags = account.tags ? { tags: new MachineTags(rest, clock, log) } : {};
  const libraries = account.libraries ? { libraries: new ContentLibraries(rest, clock) } : {};
  const sites = new SiteMap(session, clock);
  const vsphere: Vsphere = { session, tasks, sites, account, rest, ...tags, ...libraries };
  const feeds = new MachineFeeds(vsphere, clock);
  let closed = false;
  return {
    verify: async (at) => verify(session, account, clock, at),
    compute: new VsphereCompute(vsphere, feeds),
    network: new VsphereNetworks(vsphere),
    images: new VsphereImages(vsphere),
    resources: new VsphereResources(vsphere),
    snapshots: new VsphereSnapshots(vsphere),
    close: async () => {
      if (closed) return;
      closed = true;
      const deadline = addMs(toInstant(clock.now()), LOGOUT_LIMIT_MS);
      try {
        await feeds.close(deadline);
        await session.logout(deadline);
        await rest.close(deadline);
      } catch (error) {
        log.debug({ error }, 'the vSphere session was not ended; vSphere ends it when it is idle');
      }
      await dispatcher.close();
    },
  };
}

/** `at` is our clock at the call; the skew is corrected by half of what the question took. */
async function verify(
  session: VimSession,
  account: VsphereAccount,
  clock: Clock,
  at: Instant,
): Promise<AccountReport> {
  const deadline = addMs(at, VERIFY_LIMIT_MS);
  const user = await session.login(deadline);
  const asked = clock.now().getTime();
  const theirs = (await session.currentTime(deadline)).getTime();
  const middle = (asked + clock.now().getTime()) / 2;
  const { product } = await session.content(deadline);
  const datacenters = await readDatacenters(session, deadline);
  const granted = await grantedPrivileges(session, deadline);
  return {
    identity: user.userName,
    regions: datacenters.map((datacenter) => propertyText(datacenter, 'name') ?? datacenter.object.id),
    permissions: privilegesFor(account).map(({ action, neededFor }) => ({
      action,
      neededFor,
      granted: granted.has(action),
    })),
    ...(Number.isNaN(theirs) ? {} : { clockSkewMs: Math.round(theirs - middle) }),
    product,
  };
}

import { addMs, asSpringtideError, SpringtideError, type Instant } from '@springtide/kernel';
import type { AccountReport } from '@springtide/provider-kit';
import { z } from 'zod';
import { regionsOf, type Login, type ServiceType } from './identity.js';
import { COMPUTE_MICROVERSION, type At } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';
import { isRefused } from './place-book.js';

const VERIFY_LIMIT_MS = 30_000;

type Probe = Readonly<{
  action: string;
  neededFor: string;
  service: ServiceType;
  path: string;
  /** Neutron refuses nobody: whoever may not see something is answered with an empty list. */
  mustShow?: string;
}>;

/** Reading is tried; the last three need the policies of the README, and without them there is no stock to plan with. */
const PROBES: readonly Probe[] = [
  {
    action: 'os_compute_api:servers:detail',
    neededFor: 'seeing machines',
    service: 'compute',
    path: '/servers/detail?limit=1',
  },
  { action: 'os_compute_api:limits', neededFor: 'reading the quota', service: 'compute', path: '/limits' },
  {
    action: 'os_compute_api:os-keypairs:index',
    neededFor: 'locking a launch against being sent twice',
    service: 'compute',
    path: '/os-keypairs?limit=1',
  },
  { action: 'get_images', neededFor: 'listing images', service: 'image', path: '/images?limit=1' },
  { action: 'get_network', neededFor: 'listing networks', service: 'network', path: '/networks?limit=1' },
  {
    action: 'get_port',
    neededFor: 'finding what machines left behind',
    service: 'network',
    path: '/ports?limit=1',
  },
  {
    action: 'get_network_ip_availabilities',
    neededFor: 'counting free addresses',
    service: 'network',
    path: '/network-ip-availabilities',
    mustShow: 'network_ip_availabilities',
  },
  {
    action: 'os_compute_api:os-availability-zone:detail',
    neededFor: 'knowing which hosts make up a zone',
    service: 'compute',
    path: '/os-availability-zone/detail',
  },
  {
    action: 'os_compute_api:os-hypervisors:list-detail',
    neededFor: 'listing hosts, and their room',
    service: 'compute',
    path: '/os-hypervisors/detail?limit=1',
  },
  {
    action: 'placement:allocation_candidates:list',
    neededFor: 'knowing the stock before machines are asked for',
    service: 'placement',
    path: '/allocation_candidates?resources=VCPU:1&limit=1',
  },
];

const MAKERS = ['member', 'admin', '_member_'];
const versionSchema = z.object({
  version: z.object({ version: z.string(), min_version: z.string() }),
});

export async function verifyAccount(openstack: Openstack, at: Instant): Promise<AccountReport> {
  const deadline = addMs(at, VERIFY_LIMIT_MS);
  const login = await openstack.api.identity.freshLogin(deadline);
  const regions = regionsOf(login.catalog);
  const [region] = regions;
  if (region === undefined) {
    throw new SpringtideError(
      'failed-precondition',
      'the catalog of this OpenStack has no compute service for this project',
      { nextStep: 'Name a project in the account’s settings that has one.' },
    );
  }
  const here = { region, deadline };
  const [product, ...probed] = await Promise.all([
    productOf(openstack, here),
    usualNetwork(openstack, here),
    ...PROBES.map(async (probe) => granted(openstack, here, probe)),
  ]);
  return {
    identity: login.project === '' ? login.user : `${login.user} in ${login.project}`,
    regions,
    permissions: [makerRole(login), ...probed],
    ...(login.clockSkewMs === undefined ? {} : { clockSkewMs: login.clockSkewMs }),
    product,
  };
}

/** Making and ending machines cannot be tried; nova's own rule for them is the role. */
function makerRole(login: Login): AccountReport['permissions'][number] {
  return {
    action: 'role member',
    granted: login.roles.some((role) => MAKERS.includes(role)),
    neededFor: 'making and ending machines',
  };
}

/** No right, but as needed as one: without it nothing is offered. */
async function usualNetwork(openstack: Openstack, at: At): Promise<AccountReport['permissions'][number]> {
  const found = await openstack.places.usualNetwork(at).catch((thrown: unknown) => {
    if (isRefused(thrown)) return undefined;
    throw thrown;
  });
  return {
    action: 'a network in the account’s settings, or only one in the project',
    granted: found !== undefined,
    neededFor: 'offering machines, which name no network themselves',
  };
}

async function granted(
  openstack: Openstack,
  at: At,
  probe: Probe,
): Promise<AccountReport['permissions'][number]> {
  const { action, neededFor, service, path, mustShow } = probe;
  try {
    const call = { service, path, doing: `trying ${action}` };
    const answer = await openstack.api.get(at, call, z.record(z.string(), z.unknown()));
    const shown = mustShow === undefined ? undefined : answer[mustShow];
    return { action, neededFor, granted: !Array.isArray(shown) || shown.length > 0 };
  } catch (thrown) {
    const { code } = asSpringtideError(thrown);
    if (!['permission-denied', 'unsupported', 'not-found'].includes(code)) throw thrown;
    return { action, neededFor, granted: false };
  }
}

/** @throws unsupported when nova does not speak the microversion that everything here is written for. */
async function productOf(openstack: Openstack, at: At): Promise<string> {
  const { version } = await openstack.api.get(
    at,
    { service: 'compute', path: '/', doing: 'the question for nova’s version' },
    versionSchema,
  );
  if (minor(version.version) < minor(COMPUTE_MICROVERSION)) {
    throw new SpringtideError(
      'unsupported',
      `nova speaks up to ${version.version}; ${COMPUTE_MICROVERSION} (Pike) is the least that is supported`,
    );
  }
  return `OpenStack, nova ${version.version}`;
}

function minor(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

import type { PlanPool, Reason } from '@springtide/contracts';
import type { TemplateService } from '@springtide/catalog/domain';
import type { ClassPool } from '@springtide/planning/domain';
import type { LaunchSheet } from './plan-content.js';
import type { PlanLimit } from './plan-limits.js';

/** The line between home and one region of an account, as its owner declared it. */
export type DeclaredLink = Readonly<{ name: string; accountId: string; region: string; freeMbps: number }>;

type Place = Pick<PlanPool, 'accountId' | 'accountName' | 'region' | 'purchaseOption'>;

type Use = Readonly<{
  links: readonly DeclaredLink[];
  services: readonly TemplateService[];
  pools: readonly PlanPool[];
  sheets: readonly LaunchSheet[];
}>;

/** Lines that machines of these pools would send something over. */
export function linkLimits({ links, services, pools, sheets }: Use): readonly PlanLimit[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const byId = new Map(pools.map((pool) => [pool.id, pool]));
  const used = sheets.flatMap(({ service: name, poolId, requestsPerSecond }) => {
    const [service, pool] = [byName.get(name), byId.get(poolId)];
    const traffic = service && pool && homeTraffic(links, service, { pool, requestsPerSecond });
    return traffic === undefined ? [] : [{ ...traffic, poolId, service: name }];
  });
  return links.flatMap(({ name, accountId, region, freeMbps }): PlanLimit[] => {
    const takes = used
      .filter(({ link }) => link === name)
      .map(({ poolId, service, mbps }) => ({ poolId, service, each: mbps }));
    if (takes.length === 0) return [];
    const id = ['link', accountId, region, name].join('/');
    return [{ id, kind: 'link', name, unit: 'Mbit/s', free: freeMbps, takes }];
  });
}

/** What a machine of the pool at full load moves over the line to what stays at home; nothing where no line is known. */
export function homeTraffic(
  links: readonly DeclaredLink[],
  { homeKbitPerRequest = 0 }: Pick<TemplateService, 'homeKbitPerRequest'>,
  { pool, requestsPerSecond }: Readonly<{ pool: Place; requestsPerSecond: number }>,
): ClassPool['traffic'] {
  const link = linkTo(links, pool);
  if (link === undefined || homeKbitPerRequest === 0) return undefined;
  return { link: link.name, mbps: (requestsPerSecond * homeKbitPerRequest) / 1_000 };
}

export function linkTo<L extends DeclaredLink>(links: readonly L[], place: Place): L | undefined {
  if (place.purchaseOption === 'private') return undefined;
  return links.find(({ accountId, region }) => accountId === place.accountId && region === place.region);
}

/** Places of pools in use whose line to home nobody declared, although services move something over it. */
export function untoldLinkReasons(
  links: readonly DeclaredLink[],
  services: readonly TemplateService[],
  pools: readonly PlanPool[],
): readonly Reason[] {
  if (services.every(({ homeKbitPerRequest = 0 }) => homeKbitPerRequest === 0)) return [];
  const untold = pools.filter(
    (pool) => pool.purchaseOption !== 'private' && linkTo(links, pool) === undefined,
  );
  const places = [...new Set(untold.map(({ accountName, region }) => `${accountName}/${region}`))].join(', ');
  if (places === '') return [];
  const text = `Nobody declared the line between home and ${places}, so it is no limit of this plan (springtide link set).`;
  return [{ code: 'link-untold', params: { places }, text }];
}

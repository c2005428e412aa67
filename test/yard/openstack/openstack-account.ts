import { SEED } from './seed.js';
import type { OpenstackYard } from './openstack-yard.js';

type AccountParts = Readonly<{ settings: Readonly<Record<string, unknown>>; secret: { password: string } }>;

/** The yard's project as a user registers it. */
export function openstackAccount(
  yard: Pick<OpenstackYard, 'url' | 'user' | 'password' | 'project' | 'network'>,
  changes: Readonly<Record<string, unknown>> = {},
): AccountParts {
  return {
    settings: {
      url: yard.url,
      user: yard.user,
      project: yard.project,
      currency: 'CNY',
      network: yard.network,
      rateCard: SEED.flavors.map(({ name, vcpus }) => ({
        machineType: name,
        pricePerHour: (vcpus * 0.11).toFixed(2),
      })),
      ...changes,
    },
    secret: { password: yard.password },
  };
}

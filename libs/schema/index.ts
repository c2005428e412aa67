import { accountsSchema } from '@springtide/accounts';
import { campaignsSchema } from '@springtide/campaigns';
import { catalogSchema } from '@springtide/catalog';
import { clustersSchema } from '@springtide/clusters';
import { demandSchema } from '@springtide/demand';
import { effectsSchema } from '@springtide/effects';
import { financeSchema } from '@springtide/finance';
import { identitySchema } from '@springtide/identity';
import { inventorySchema } from '@springtide/inventory';
import {
  Outbox1760000010000,
  Roles1760000000000,
  limiterSchema,
  type SchemaPart,
} from '@springtide/platform';
import { readinessSchema } from '@springtide/readiness';
import { reportsSchema } from '@springtide/reports';
import { scalingSchema } from '@springtide/scaling';
import { trafficSchema } from '@springtide/traffic';

const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000, Outbox1760000010000] };

/**
 * The whole schema of this version. Migrations run in the order of the time stamps in their names, whatever the order
 * here. A new context adds its part here and nowhere else.
 */
export function schemaParts(): readonly SchemaPart[] {
  return [
    roles,
    limiterSchema,
    identitySchema,
    accountsSchema,
    catalogSchema,
    inventorySchema,
    effectsSchema,
    clustersSchema,
    trafficSchema,
    demandSchema,
    scalingSchema,
    readinessSchema,
    campaignsSchema,
    financeSchema,
    reportsSchema,
  ];
}

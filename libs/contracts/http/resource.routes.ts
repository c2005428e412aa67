import { z } from 'zod';
import { RESOURCE_TYPES } from '../inventory.js';
import {
  DriftBody,
  ResourceBody,
  ResourceFilter,
  TopologyBody,
  TopologySummaryBody,
  ViewBody,
  ViewInput,
} from '../resource.js';
import { Id, PageQuery, pageOf } from '../scalars.js';
import { defineRoute } from './route.js';

const params = z.object({ id: Id });
const Type = z.enum(RESOURCE_TYPES);

export const resourceRoutes = {
  resourceList: defineRoute({
    id: 'resources.list',
    method: 'GET',
    path: '/api/v1/inventory/resources',
    summary: 'Everything in all clouds, or of one type; what is gone only when asked for',
    permission: 'inventory:read',
    query: PageQuery.extend(ResourceFilter.shape),
    response: pageOf(ResourceBody),
    status: 200,
  }),
  resourceGet: defineRoute({
    id: 'resources.get',
    method: 'GET',
    path: '/api/v1/inventory/resources/{id}',
    summary: 'One resource',
    permission: 'inventory:read',
    params,
    response: ResourceBody,
    status: 200,
  }),
  resourceCount: defineRoute({
    id: 'resources.count',
    method: 'GET',
    path: '/api/v1/inventory/counts',
    summary: 'How many there are under a filter, by one property',
    permission: 'inventory:read',
    query: ResourceFilter.omit({ sort: true }).extend({
      by: z.enum(['type', 'state', 'account', 'region', 'zone', 'campaign', 'service']).default('type'),
    }),
    response: z.object({ items: z.array(z.object({ key: z.string(), count: z.number().int() })) }),
    status: 200,
  }),
  labelList: defineRoute({
    id: 'labels.list',
    method: 'GET',
    path: '/api/v1/inventory/labels',
    summary: 'Labels in use with how often, the most frequent first; at most 500',
    permission: 'inventory:read',
    query: z.object({ type: Type.optional() }),
    response: z.object({
      items: z.array(z.object({ key: z.string(), value: z.string(), count: z.number().int() })),
    }),
    status: 200,
  }),
  driftList: defineRoute({
    id: 'drift.list',
    method: 'GET',
    path: '/api/v1/inventory/drift',
    summary: 'What changed, newest first: what, when it was noticed, and who did it',
    permission: 'inventory:read',
    query: PageQuery.extend({
      accountId: Id.optional(),
      region: z.string().optional(),
      type: Type.optional(),
      /** The cloud's id. */
      resourceId: z.string().max(300).optional(),
      kind: z.enum(['appeared', 'changed', 'gone']).optional(),
      by: z.enum(['springtide', 'outside']).optional(),
    }),
    response: pageOf(DriftBody),
    status: 200,
  }),
  topologyAround: defineRoute({
    id: 'topology.around',
    method: 'GET',
    path: '/api/v1/inventory/topology',
    summary:
      'What a resource hangs on and what hangs on it, some steps far; large groups are counted, not listed',
    permission: 'inventory:read',
    query: z.object({
      /** Id of the resource. */
      of: Id,
      depth: z.coerce.number().int().min(1).max(4).default(2),
      limit: z.coerce.number().int().min(2).max(300).default(120),
    }),
    response: TopologyBody,
    status: 200,
  }),
  topologySummary: defineRoute({
    id: 'topology.summary',
    method: 'GET',
    path: '/api/v1/inventory/topology/summary',
    summary: 'How many there are of each type, and how much of it hangs on what; of one account, or of all',
    permission: 'inventory:read',
    query: z.object({ accountId: Id.optional() }),
    response: TopologySummaryBody,
    status: 200,
  }),
  viewList: defineRoute({
    id: 'views.list',
    method: 'GET',
    path: '/api/v1/inventory/views',
    summary: 'Saved views: your own, and those that others share',
    permission: 'inventory:read',
    query: PageQuery,
    response: pageOf(ViewBody),
    status: 200,
  }),
  viewCreate: defineRoute({
    id: 'views.create',
    method: 'POST',
    path: '/api/v1/inventory/views',
    summary: 'Keep a filter under a name',
    permission: 'inventory:read',
    body: ViewInput,
    response: ViewBody,
    status: 201,
    idempotent: 'replay',
    atomic: true,
  }),
  viewUpdate: defineRoute({
    id: 'views.update',
    method: 'PUT',
    path: '/api/v1/inventory/views/{id}',
    summary: 'Change a view of your own',
    permission: 'inventory:read',
    params,
    body: ViewInput,
    response: ViewBody,
    status: 200,
    etag: 'require',
  }),
  viewDelete: defineRoute({
    id: 'views.delete',
    method: 'DELETE',
    path: '/api/v1/inventory/views/{id}',
    summary: 'Forget a view of your own',
    permission: 'inventory:read',
    params,
    status: 204,
  }),
} as const;

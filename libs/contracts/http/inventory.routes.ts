import { z } from 'zod';
import {
  Freshness,
  MACHINE_STATES,
  MachineBody,
  OfferingBody,
  PlaceImageInput,
  PlacedImageBody,
  SyncResult,
} from '../inventory.js';
import { RESOURCE_SORTS } from '../resource.js';
import { Id, PageQuery, pageOf } from '../scalars.js';
import { TemplateBody } from '../template.js';
import { defineRoute } from './route.js';

const Flag = z.enum(['true', 'false']);

export const inventoryRoutes = {
  machineList: defineRoute({
    id: 'machines.list',
    method: 'GET',
    path: '/api/v1/machines',
    summary: 'Machines of all clouds; those that are gone only when asked for',
    permission: 'inventory:read',
    query: PageQuery.extend({
      accountId: Id.optional(),
      region: z.string().optional(),
      zone: z.string().optional(),
      state: z.enum(MACHINE_STATES).optional(),
      service: z.string().optional(),
      campaignId: Id.optional(),
      /** `true`: only machines that Springtide made. */
      owned: Flag.optional(),
      /** Labels that must all be there, as `key=value` or `key`, separated by commas. */
      label: z.string().max(500).optional(),
      /** Part of a name, cloud id or address. */
      search: z.string().max(120).optional(),
      sort: z.enum(RESOURCE_SORTS).optional(),
    }),
    response: pageOf(MachineBody),
    status: 200,
  }),
  machineGet: defineRoute({
    id: 'machines.get',
    method: 'GET',
    path: '/api/v1/machines/{id}',
    summary: 'One machine',
    permission: 'inventory:read',
    params: z.object({ id: Id }),
    response: MachineBody,
    status: 200,
  }),
  imagePlace: defineRoute({
    id: 'images.place',
    method: 'POST',
    path: '/api/v1/images/place',
    summary:
      'Bring an image into step with its library and copy it to a zone, before machines are made of it there',
    permission: 'inventory:write',
    body: PlaceImageInput,
    response: PlacedImageBody,
    status: 200,
    idempotent: 'replay',
  }),
  inventoryFreshness: defineRoute({
    id: 'inventory.freshness',
    method: 'GET',
    path: '/api/v1/inventory/freshness',
    summary: 'Per account and region: when it was last completely read, and what went wrong since',
    permission: 'inventory:read',
    response: z.object({ items: z.array(Freshness) }),
    status: 200,
  }),
  inventorySync: defineRoute({
    id: 'inventory.sync',
    method: 'POST',
    path: '/api/v1/inventory/sync',
    summary: 'Read one account now, or all: everything it has, offerings, quotas',
    permission: 'inventory:write',
    body: z.object({ accountId: Id.optional() }),
    response: z.object({ items: z.array(SyncResult) }),
    status: 200,
    idempotent: 'replay',
  }),
  offeringList: defineRoute({
    id: 'offerings.list',
    method: 'GET',
    path: '/api/v1/offerings',
    summary: 'What the clouds offer, sold-out offerings included, cheapest first',
    permission: 'catalog:read',
    query: PageQuery.extend({
      accountId: Id.optional(),
      region: z.string().optional(),
      machineType: z.string().optional(),
      zone: z.string().optional(),
      purchaseOption: z.enum(['private', 'reserved', 'on-demand', 'spot']).optional(),
    }),
    response: pageOf(OfferingBody),
    status: 200,
  }),
  templateCreate: defineRoute({
    id: 'templates.create',
    method: 'POST',
    path: '/api/v1/templates',
    summary: 'Store a template from YAML or JSON text; a known name gets its next version',
    permission: 'template:write',
    textBody: ['application/yaml', 'application/json'],
    response: TemplateBody,
    status: 201,
    idempotent: 'replay',
    atomic: true,
  }),
  templateList: defineRoute({
    id: 'templates.list',
    method: 'GET',
    path: '/api/v1/templates',
    summary: 'Templates, newest version of each name',
    permission: 'template:read',
    query: PageQuery,
    response: pageOf(TemplateBody),
    status: 200,
  }),
  templateGet: defineRoute({
    id: 'templates.get',
    method: 'GET',
    path: '/api/v1/templates/{id}',
    summary: 'One version of a template',
    permission: 'template:read',
    params: z.object({ id: Id }),
    response: TemplateBody,
    status: 200,
  }),
} as const;

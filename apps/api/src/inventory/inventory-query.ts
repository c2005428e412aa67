import type { ResourceFilter } from '@springtide/contracts';
import type { InventoryFilter, InventorySort } from '@springtide/inventory';
import { z } from 'zod';
import { invalidRequest } from '../http/http-refusal.js';

/** Where the page before ended, in the order of the list. */
export const InventoryPosition = z.object({ value: z.string(), id: z.uuid() });

/** @throws HttpRefusal 400 for labels that are none. */
export function filterOf(query: Omit<ResourceFilter, 'type' | 'sort'>): InventoryFilter {
  const { accountId, region, zone, state, service, campaignId, owned, search, label } = query;
  const all = {
    accountId,
    region,
    zone,
    state,
    service,
    campaign: campaignId,
    ours: owned === undefined ? undefined : owned === 'true',
    labels: label === undefined ? undefined : label.split(',').map(labelOf),
    text: search,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export function sortOf(sort: ResourceFilter['sort'] = 'name'): InventorySort {
  const descending = sort.startsWith('-');
  return { by: (descending ? sort.slice(1) : sort) as InventorySort['by'], descending };
}

function labelOf(text: string): { key: string; value: string | null } {
  const [key = '', ...value] = text.trim().split('=');
  if (key !== '') return { key, value: value.length === 0 ? null : value.join('=') };
  throw invalidRequest('A label has no key.', [
    { path: 'query.label', message: 'write key=value or key, separated by commas' },
  ]);
}

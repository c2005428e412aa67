import { tokenOf } from '@springtide/effects/domain';
import { CAMPAIGN, INSTALLATION, TENANT } from './ids.js';
import type { MemoryTables, Row } from './memory-tables.js';

/** `missing`: how many machines more would not be too many. */
export type ShortPurchase = Readonly<{ labels: Readonly<Record<string, string>>; missing: number }>;

/**
 * A purchase in this account that came to rest with fewer machines than it asked for: whatever comes of it later is an
 * orphan. None once the absence of everything was proven by a first listing: nobody promises to find what comes after the
 * second one.
 */
export function shortPurchase(tables: MemoryTables, accountId: string): ShortPurchase | undefined {
  const [wayBack] = tables.find('campaign_way_back', { tenant_id: TENANT });
  const progress = wayBack?.['progress'] as { clean?: number } | undefined;
  if (
    (progress?.clean ?? 0) > 0 ||
    tables.find('campaign_run', { tenant_id: TENANT }).some((run) => run['closed_at'] !== null)
  ) {
    return undefined;
  }
  return tables
    .find('effect_intent', { account_id: accountId, kind: 'create' })
    .filter(({ state }) => state === 'settled' || state === 'released')
    .map((intent) => ({ labels: marksOf(intent), missing: missingOf(tables, intent) }))
    .find(({ missing }) => missing > 0);
}

function missingOf(tables: MemoryTables, intent: Row): number {
  const came = tables.find('effect_item', { intent_id: intent['id'] }).filter((item) => item['machine_id']);
  return Number(intent['count']) - came.length;
}

function marksOf(intent: Row): ShortPurchase['labels'] {
  const id = String(intent['id']);
  return {
    'springtide/installation': INSTALLATION,
    'springtide/tenant': TENANT,
    'springtide/intent': id,
    'springtide/token': tokenOf({ id, generation: Number(intent['generation']) }),
    'springtide/campaign': CAMPAIGN,
  };
}

import { RESOURCE_SORTS, RESOURCE_TYPES, type ResourceFilter } from '@springtide/contracts';
import { z } from 'zod';
import { accountId, campaignId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag } from './command-line.js';

/** What chooses resources on the command line: names where people have names. */
export const ResourceOptions = z.object({
  type: z.enum(RESOURCE_TYPES).optional(),
  account: z.string().optional(),
  campaign: z.string().optional(),
  region: z.string().optional(),
  zone: z.string().optional(),
  state: z.string().optional(),
  service: z.string().optional(),
  owned: z.boolean().default(false),
  label: z.string().optional(),
  search: z.string().optional(),
  sort: z.enum(RESOURCE_SORTS).optional(),
});

export const RESOURCE_FLAGS = [
  flag('--type <type>', `only ${RESOURCE_TYPES.join(', ')}`),
  flag('--account <account>', 'of this cloud account, by name or id'),
  flag('--campaign <campaign>', 'made for this campaign'),
  flag('--region <region>', 'in this region'),
  flag('--zone <zone>', 'in this zone'),
  flag('--state <state>', 'in this state; "gone" for those that are no more'),
  flag('--service <service>', 'of this service'),
  flag('--owned', 'only what Springtide made'),
  flag('--label <labels>', 'with these labels: key=value or key, separated by commas'),
  flag('--search <text>', 'part of a name, cloud id, address or short fact'),
  flag('--sort <order>', RESOURCE_SORTS.join(', ')),
];

/** The same in the interface's words, without what was not given. */
export async function filterFrom(
  session: Session,
  options: z.output<typeof ResourceOptions>,
): Promise<ResourceFilter> {
  const { account, campaign, owned, ...rest } = options;
  const filter = {
    ...rest,
    accountId: account === undefined ? undefined : await accountId(session, account),
    campaignId: campaign === undefined ? undefined : await campaignId(session, campaign),
    owned: owned ? 'true' : undefined,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

import { z } from 'zod';
import {
  examplePrivateCloud,
  examplePublicCloud,
  type CloudPlanInput,
} from '../../../providers/simulated/index.js';

/** A whole plan, or an example's name and what differs from it. The cloud itself checks the rest. */
export const planRequestSchema = z.looseObject({
  like: z.enum(['public-cloud', 'private-cloud']).optional(),
});

/** `{ "<name>": plan, … }` */
export const cloudFileSchema = z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), planRequestSchema);

export function planOf({ like, ...changes }: z.output<typeof planRequestSchema>): CloudPlanInput {
  const plan = changes as Partial<CloudPlanInput>;
  if (like === 'private-cloud') return examplePrivateCloud(plan);
  return like === 'public-cloud' ? examplePublicCloud(plan) : (plan as CloudPlanInput);
}

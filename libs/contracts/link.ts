import { z } from 'zod';
import { Id, InstantText } from './scalars.js';

/** The line between what stays at home and one region of an account, as its owner declares it. */
export const LinkInput = z
  .object({
    accountId: Id,
    region: z.string().min(1).max(100),
    /** What campaigns may use of it, both ways together; what others need is taken off already. */
    freeMbps: z.number().positive().max(10_000_000),
    /** Where the number comes from: a contract, a measurement and its day. */
    evidence: z.string().trim().min(1).max(500),
  })
  .meta({ id: 'LinkInput' });
export type LinkInput = z.infer<typeof LinkInput>;

export const LinkBody = LinkInput.extend({
  name: z.string(),
  updatedAt: InstantText,
  updatedBy: z.string(),
}).meta({ id: 'Link' });
export type LinkBody = z.infer<typeof LinkBody>;

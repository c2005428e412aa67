import { z } from 'zod';

const instant = z.iso.datetime();

export const chargeRequests = {
  ListCharges: z.strictObject({ from: instant, to: instant, cursor: z.string().optional() }),
} as const;

const charge = z.strictObject({
  id: z.string(),
  product: z.string(),
  from: instant,
  to: instant,
  price: z.strictObject({ currency: z.string(), amount: z.string() }),
});

export const chargeAnswers = {
  /** Of the whole account, in the order in which its machines were made. */
  ListCharges: z.strictObject({ charges: z.array(charge), next: z.string().optional() }),
} as const;

export type WireCharge = z.output<typeof charge>;

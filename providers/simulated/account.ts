import { z } from 'zod';

/** A cloud in this process by name, or one behind an address. */
export const settingsSchema = z
  .strictObject({
    cloud: z
      .string()
      .min(1)
      .optional()
      .describe('Name of a simulated cloud in this process (tests, rehearsal)'),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Address of a simulated cloud server'),
    kind: z.enum(['public-cloud', 'private-cloud']).default('public-cloud'),
  })
  .refine((settings) => (settings.cloud === undefined) !== (settings.endpoint === undefined), {
    message: 'give either the name of a cloud in this process or an endpoint',
  });

export const secretSchema = z.strictObject({
  accessKey: z.string().min(4),
  secretKey: z.string().min(8),
});

export const accountSchema = z.strictObject({ settings: settingsSchema, secret: secretSchema });

export type SimulatedAccount = z.output<typeof accountSchema>;

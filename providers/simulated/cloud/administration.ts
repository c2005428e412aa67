import { z } from 'zod';
import { requestSchemas, type Operation } from './wire.js';

const operation = z.custom<Operation>(
  (value) => typeof value === 'string' && Object.hasOwn(requestSchemas, value),
);

/** What a test or an operator of the yard may do to the cloud. Never part of what the provider sees. */
export const adminRequestSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('inject'),
    operation,
    effect: z.enum(['lose', 'delay', 'throttle', 'break', 'truncate', 'fail-boot', 'stick-boot']),
    times: z.int().min(1).default(1),
    delayMs: z.int().min(0).default(0),
  }),
  /** `machines` null takes the limit back. */
  z.strictObject({
    action: z.literal('limit-room'),
    zone: z.string(),
    machineType: z.string(),
    machines: z.int().min(0).nullable(),
  }),
  z.strictObject({ action: z.literal('exhaust-quota'), on: z.boolean() }),
  /** Null takes it back to the plan's. */
  z.strictObject({ action: z.literal('hide-new'), forMs: z.int().min(0).nullable() }),
  z.strictObject({ action: z.literal('skew-clock'), byMs: z.int() }),
  z.strictObject({ action: z.literal('pass-time'), ms: z.int().min(0) }),
  z.strictObject({ action: z.literal('expire-sessions') }),
  z.strictObject({ action: z.literal('delete-outside'), id: z.string() }),
  z.strictObject({ action: z.literal('interrupt'), id: z.string(), inMs: z.number().min(0).optional() }),
  /** A machine that somebody else made. Left out: the first type, some name, the label `owner: somebody`. */
  z.strictObject({
    action: z.literal('create-foreign'),
    machineType: z.string().optional(),
    name: z.string().min(1).optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ action: z.literal('attach-satellite'), machineId: z.string() }),
  z.strictObject({ action: z.literal('reset') }),
]);

export type AdminRequest = z.output<typeof adminRequestSchema>;
export type AdminInput = z.input<typeof adminRequestSchema>;
export type ForeignRequest = Omit<Extract<AdminRequest, { action: 'create-foreign' }>, 'action'>;
/** The id of what was made, where something was. */
export type AdminAnswer = Readonly<{ id?: string }>;

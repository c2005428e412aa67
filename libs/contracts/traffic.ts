import { z } from 'zod';
import { Id } from './scalars.js';

/** A machine that serves a route permanently, outside any campaign. */
export const StandingMember = z.object({
  id: z.string().min(1).max(120),
  address: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
  machineType: z.string().min(1).max(120),
});

export const RouteInput = z
  .object({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,58}$/, 'lower-case letters, digits and dashes'),
    accountId: Id,
    service: z.string().min(1).max(60),
    healthPath: z.string().default('/healthz'),
    /** The group that takes all traffic when no campaign runs. */
    home: z.array(StandingMember).max(500),
  })
  .meta({ id: 'RouteInput' });
export type RouteInput = z.infer<typeof RouteInput>;

export const RouteBody = RouteInput.extend({
  id: Id,
  entrance: z.string().nullable(),
  live: z
    .array(z.object({ name: z.string(), weight: z.number(), healthy: z.number(), members: z.number() }))
    .nullable(),
  /** Why `live` is null, when the proxy could not be read. */
  problem: z.string().nullable(),
  version: z.number().int(),
}).meta({ id: 'Route' });
export type RouteBody = z.infer<typeof RouteBody>;

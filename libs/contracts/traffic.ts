import { z } from 'zod';
import { Sentence } from './reasons/sentence.js';
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

const GroupName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and dashes');

export const MatchBody = z
  .object({
    name: GroupName,
    group: GroupName,
    when: z.union([
      z.strictObject({
        sourceRanges: z
          .array(z.union([z.cidrv4(), z.cidrv6()]))
          .min(1)
          .max(100),
      }),
      z.strictObject({ header: z.string().min(1).max(64), value: z.string().min(1).max(255) }),
    ]),
  })
  .meta({ id: 'RouteMatch', description: 'Requests that go to one group whatever the shares are' });

export const RouteRelease = z
  .object({
    groups: z
      .array(
        z.object({
          name: GroupName,
          /** Of the requests that match nothing, in percent; the home group keeps the rest. */
          share: z.number().int().min(0).max(100).default(0),
          members: z.array(StandingMember).min(1).max(500),
        }),
      )
      .max(10)
      .default([]),
    /** In the order in which they are tried. */
    matches: z.array(MatchBody).max(100).default([]),
  })
  .meta({ id: 'RouteRelease' });
export type RouteRelease = z.infer<typeof RouteRelease>;

/** One step of a gray release: all of it, absolutely. Without groups and matches it ends the release. */
export const ReleaseInput = RouteRelease.extend({
  /** How long the step is watched before it counts, and when it goes back. */
  watch: z
    .object({
      seconds: z.number().int().min(0).max(60).default(10),
      minimumRequests: z.number().int().min(1).max(1_000_000).default(20),
      maxErrorPercent: z.number().min(0).max(100).default(2),
      /** The product behind the route counts no requests per group: let the step stay although nobody watched it. */
      acceptNoEvidence: z.boolean().default(false),
    })
    .prefault({}),
}).meta({ id: 'ReleaseInput' });
export type ReleaseInput = z.infer<typeof ReleaseInput>;

export const RouteBody = RouteInput.extend({
  id: Id,
  release: RouteRelease,
  /** Live, in the order in which they are tried; null when the proxy could not be read, or cannot match. */
  matches: z.array(MatchBody).nullable(),
  entrance: z.string().nullable(),
  live: z
    .array(z.object({ name: z.string(), weight: z.number(), healthy: z.number(), members: z.number() }))
    .nullable(),
  /** Why `live` is null, when the proxy could not be read. */
  problem: z.string().nullable(),
  version: z.number().int(),
}).meta({ id: 'Route' });
export type RouteBody = z.infer<typeof RouteBody>;

/** A route after a step that stayed, and what the watch of the step saw. */
export const ReleaseStepBody = RouteBody.extend({
  watched: z.object({
    /** False: nobody counted enough requests, so that nothing speaks for the step either. */
    judged: z.boolean(),
    reason: z.string(),
    /** The same for readers of any language. */
    reasonSentences: z.array(Sentence),
  }),
}).meta({ id: 'ReleaseStep' });
export type ReleaseStepBody = z.infer<typeof ReleaseStepBody>;

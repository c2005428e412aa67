import { z } from 'zod';

const region = z.string();
const cursor = z.string().optional();
const kind = z.enum(['host', 'disk', 'cluster']);

export const resourceRequests = { ListResources: z.strictObject({ region, kind, cursor }) } as const;

const resource = z.strictObject({
  kind,
  id: z.string(),
  name: z.string(),
  zone: z.string().optional(),
  state: z.string(),
  sizes: z.record(z.string(), z.union([z.number(), z.string()])),
  /** What it hangs on, by the vendor's words. */
  links: z.array(
    z.strictObject({
      how: z.enum(['attached-to', 'inside']),
      to: z.enum(['machine', 'network']),
      id: z.string(),
    }),
  ),
  tags: z.record(z.string(), z.string()),
});

export const resourceAnswers = {
  ListResources: z.strictObject({ resources: z.array(resource), next: z.string().optional() }),
} as const;

export type WireResource = z.output<typeof resource>;
export type WireResourceKind = z.output<typeof kind>;

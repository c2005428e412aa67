import { z } from 'zod';
import { WireError } from '../wire/wire-error.js';

const tag = z.object({ key: z.string(), value: z.string().default('') });

export const poolOrderSchema = z.object({
  nodepool_info: z.object({ name: z.string() }).loose(),
  scaling_group: z
    .object({
      instance_types: z.array(z.string()).min(1),
      desired_size: z.number().int().min(0).default(0),
      vswitch_ids: z.array(z.string()).optional(),
      image_id: z.string().optional(),
    })
    .loose(),
});

/** What the vendor documents as needed for a managed cluster, and what the yard keeps of the rest. */
export const clusterOrderSchema = z
  .object({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/),
    cluster_type: z.enum(['ManagedKubernetes', 'Kubernetes', 'ExternalKubernetes']),
    cluster_spec: z.string().optional(),
    region_id: z.string(),
    kubernetes_version: z.string().optional(),
    vpcid: z.string().optional(),
    vswitch_ids: z.array(z.string()).optional(),
    security_group_id: z.string().optional(),
    tags: z.array(tag).optional(),
    nodepools: z.array(poolOrderSchema.loose()).optional(),
  })
  .loose();

export const scaleSchema = z.object({ count: z.number().int().min(1).max(500) });
export const poolChangeSchema = z.object({
  scaling_group: z
    .object({ desired_size: z.number().int().min(0).optional() })
    .loose()
    .optional(),
});

export function readBody<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new WireError(400, 'ErrorParameter', z.prettifyError(read.error));
}

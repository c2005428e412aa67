import { z } from 'zod';
import { plainList, text } from './wire.js';

const tags = plainList(z.object({ key: z.string(), value: z.string().nullish() })).transform(
  (list) => new Map(list.map(({ key, value }) => [key, value ?? ''])),
);

export const cluster = z.object({
  cluster_id: z.string(),
  name: text,
  region_id: text,
  state: text,
  current_version: text,
  init_version: text,
  /** JSON in a string. */
  master_url: text,
  vpc_id: text,
  created: text,
  tags,
});
export type WireCluster = z.infer<typeof cluster>;

export const clustersAnswer = z.object({
  clusters: plainList(cluster),
  page_info: z.object({ total_count: z.number() }),
});

export const nodePool = z.object({
  nodepool_info: z.object({ nodepool_id: z.string(), name: text }),
  scaling_group: z
    .object({ instance_types: plainList(z.string()), desired_size: z.number().nullish() })
    .nullish(),
  status: z
    .object({
      desired_nodes: z.number().nullish(),
      total_nodes: z.number().nullish(),
      healthy_nodes: z.number().nullish(),
    })
    .nullish(),
});
export type WireNodePool = z.infer<typeof nodePool>;

export const nodePoolsAnswer = z.object({ nodepools: plainList(nodePool) });
export const createdAnswer = z.object({ cluster_id: z.string() });
export const kubeconfigAnswer = z.object({ config: z.string().min(1) });

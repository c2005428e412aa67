import { z } from 'zod';

const instant = z.iso.datetime();
const tags = z.record(z.string(), z.string());
const region = z.string();
const id = z.string();

const pool = z.strictObject({ name: z.string(), type: z.string(), nodes: z.int().min(0) });

export const clusterRequests = {
  ListClusters: z.strictObject({ region, cursor: z.string().optional() }),
  DescribeCluster: z.strictObject({ region, id }),
  CreateCluster: z.strictObject({
    clientToken: z.string().min(1).max(64),
    region,
    name: z.string().min(1).max(60),
    version: z.string().optional(),
    network: z.string(),
    subnets: z.array(z.string()),
    securityGroups: z.array(z.string()),
    pools: z.array(pool).min(1),
    tags,
  }),
  ScaleNodePool: z.strictObject({ region, id, pool: z.string(), nodes: z.int().min(0) }),
  GetKubeconfig: z.strictObject({ region, id }),
  DeleteCluster: z.strictObject({ region, id }),
} as const;

const cluster = z.strictObject({
  id,
  name: z.string(),
  region,
  status: z.enum(['making', 'up', 'scaling', 'ending']),
  version: z.string(),
  endpoint: z.string().optional(),
  network: z.string(),
  pools: z.array(pool.extend({ ready: z.int() })),
  createdAt: instant,
  tags,
});

export const clusterAnswers = {
  ListClusters: z.strictObject({ clusters: z.array(cluster), next: z.string().optional() }),
  DescribeCluster: z.strictObject({ cluster: cluster.optional() }),
  CreateCluster: z.strictObject({ id }),
  ScaleNodePool: z.strictObject({}),
  GetKubeconfig: z.strictObject({ kubeconfig: z.string() }),
  DeleteCluster: z.strictObject({ outcome: z.enum(['ending', 'gone']) }),
} as const;

export type WireCluster = z.output<typeof cluster>;

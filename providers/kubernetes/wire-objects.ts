import { z } from 'zod';

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

const ownerSchema = z.object({
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

export const metadataSchema = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string(),
  resourceVersion: z.string().default(''),
  generation: z.number().default(0),
  labels: texts,
  annotations: texts,
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
  ownerReferences: list(ownerSchema),
});

const conditionSchema = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
});

const templateSchema = z.object({
  spec: z.object({
    containers: list(z.object({ name: z.string(), image: z.string().default('') })),
    volumes: list(
      z.object({
        name: z.string(),
        persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
      }),
    ),
  }),
});

/** Deployments and StatefulSets, as far as both are the same. */
export const workloadSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    replicas: z.number().default(1),
    selector: z.object({ matchLabels: texts }).default({ matchLabels: {} }),
    template: templateSchema,
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      readyReplicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      conditions: list(conditionSchema),
    })
    .prefault({}),
});

export const objectSchema = z.object({ metadata: metadataSchema });

export const podSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ nodeName: z.string().optional(), volumes: list(z.unknown()) }).prefault({}),
  status: z
    .object({
      phase: z.string().default(''),
      conditions: list(conditionSchema),
      containerStatuses: list(
        z.object({
          state: z
            .object({
              waiting: z
                .object({ reason: z.string().default(''), message: z.string().default('') })
                .optional(),
            })
            .prefault({}),
        }),
      ),
    })
    .prefault({}),
});

export const eventSchema = z.object({ reason: z.string().default(''), message: z.string().default('') });

export const replicaSetSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ template: templateSchema.optional() }).prefault({}),
});

export const controllerRevisionSchema = z.object({
  metadata: metadataSchema,
  revision: z.number(),
  data: z.object({ spec: z.object({ template: templateSchema.optional() }).prefault({}) }).prefault({}),
});

export const nodeSchema = z.object({
  metadata: metadataSchema,
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      providerID: z.string().optional(),
      taints: list(z.object({ key: z.string(), value: z.string().default(''), effect: z.string() })),
    })
    .prefault({}),
  status: z
    .object({
      allocatable: z.record(z.string(), z.string()).default({}),
      conditions: list(conditionSchema),
      addresses: list(z.object({ type: z.string(), address: z.string() })),
      nodeInfo: z.object({ kubeletVersion: z.string().default('') }).prefault({}),
    })
    .prefault({}),
});

export const quotaSchema = z.object({
  metadata: metadataSchema,
  status: z.object({ hard: texts, used: texts }).prefault({ hard: {}, used: {} }),
});

export const claimSchema = z.object({
  metadata: metadataSchema,
  spec: z
    .object({
      storageClassName: z.string().optional(),
      volumeName: z.string().optional(),
      accessModes: list(z.string()),
    })
    .prefault({}),
  status: z.object({ phase: z.string().default(''), capacity: texts }).prefault({ capacity: {} }),
});

export type WireWorkload = z.infer<typeof workloadSchema>;
export type WirePod = z.infer<typeof podSchema>;
export type WireNode = z.infer<typeof nodeSchema>;
export type WireMetadata = z.infer<typeof metadataSchema>;

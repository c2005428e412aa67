import { z } from 'zod';
import { Id, InstantText } from './scalars.js';

const Measured = { latencyTargetMs: z.number(), evidence: z.string() };

/** Measured requests per second of one machine: of one type, of a family at one size, or of a family per vCPU. */
export const CapacityRuleBody = z.union([
  z.object({ machineType: z.string(), requestsPerSecond: z.number(), ...Measured }),
  z.object({ family: z.string(), vcpu: z.number(), requestsPerSecond: z.number(), ...Measured }),
  z.object({ family: z.string(), requestsPerSecondPerVcpu: z.number(), ...Measured }),
]);

export const TemplateServiceBody = z
  .object({
    name: z.string(),
    route: z.string(),
    group: z.string(),
    port: z.number().int(),
    healthPath: z.string(),
    image: z.object({
      default: z.string().optional(),
      providers: z.record(z.string(), z.string()).optional(),
      accounts: z.record(z.string(), z.string()).optional(),
    }),
    capacityModel: z.array(CapacityRuleBody),
    warmUpSeconds: z.number(),
    headroom: z.number(),
    minimumMachines: z.number().int(),
    zoneLossFraction: z.number(),
    spotMax: z.number(),
    userData: z.string().optional(),
    reaches: z.array(z.object({ name: z.string(), host: z.string(), port: z.number().int() })).optional(),
    /** Configuration and secrets that its machines fetch where they run, by name and place; never their values. */
    settings: z
      .array(z.object({ name: z.string(), kind: z.enum(['configuration', 'secret']), keptIn: z.string() }))
      .optional(),
    homeKbitPerRequest: z.number().optional(),
  })
  .meta({ id: 'TemplateService' });
export type TemplateServiceBody = z.infer<typeof TemplateServiceBody>;

/** One immutable version of a template. */
export const TemplateBody = z
  .object({
    id: Id,
    name: z.string(),
    version: z.number().int(),
    /** SHA-256 of the document alone. */
    hash: z.string(),
    services: z.array(TemplateServiceBody),
    createdAt: InstantText,
    createdBy: z.string(),
  })
  .meta({ id: 'Template' });
export type TemplateBody = z.infer<typeof TemplateBody>;

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../tools/lane.js';

const machineTypeSchema = z.strictObject({
  family: z.string(),
  typeName: z.string(),
  vcpu: z.int().positive(),
  memoryGib: z.int().positive(),
  /** Pay as you go. */
  fenPerHour: z.int().positive(),
});

const seedSchema = z.strictObject({
  account: z.strictObject({ appId: z.int(), uin: z.string(), ownerUin: z.string() }),
  regions: z.record(
    z.string(),
    z.strictObject({ name: z.string(), zones: z.record(z.string(), z.string()) }),
  ),
  machineTypes: z.record(z.string(), machineTypeSchema),
  /** A spot machine's price as a share of the pay-as-you-go price. */
  spotPercent: z.int().min(1).max(100),
  diskFenPerGibHour: z.record(z.string(), z.number()),
  images: z.array(
    z.strictObject({ name: z.string(), os: z.string(), type: z.string(), sizeGib: z.int().positive() }),
  ),
  domains: z.array(z.string()),
});

export type Seed = Readonly<z.output<typeof seedSchema>>;
export type MachineType = Readonly<z.output<typeof machineTypeSchema> & { name: string }>;

/** What exists before anybody calls. */
export function readSeed(path = join(projectRoot(), 'test', 'yard', 'tencent', 'seed.json')): Seed {
  return seedSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export function machineTypeOf(seed: Seed, name: string): MachineType | undefined {
  const found = Object.hasOwn(seed.machineTypes, name) ? seed.machineTypes[name] : undefined;
  return found === undefined ? undefined : { name, ...found };
}

import { createHash } from 'node:crypto';
import { toInstant, type Instant } from '@springtide/kernel';
import { z } from 'zod';

/** An item of a content library from which machines can be made. */
export type LibraryItem = Readonly<{
  id: string;
  name: string;
  /** The library's name. */
  library: string;
  /** The library is a copy of another one, which must be asked for news. */
  subscribed: boolean;
  kind: 'ovf' | 'vm-template';
  /** False while only the name is here and the content at the publisher. */
  cached: boolean;
  /** Counts contents; says nothing to other libraries. */
  version: string;
  digest: string | undefined;
  sizeMiB: number;
  createdAt: Instant | undefined;
  syncedAt: Instant | undefined;
}>;

const time = z.string().optional();

export const librarySchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
});

export const itemSchema = z.object({
  id: z.string(),
  name: z.string().default(''),
  type: z.string().default(''),
  cached: z.boolean().default(false),
  content_version: z.string().default(''),
  size: z.number().default(0),
  creation_time: time,
  last_sync_time: time,
});

export const filesSchema = z
  .array(
    z.object({
      name: z.string(),
      size: z.number().optional(),
      checksum_info: z.object({ algorithm: z.string().default('SHA1'), checksum: z.string() }).optional(),
    }),
  )
  .nullish()
  .transform((files) => files ?? []);

export type Library = z.infer<typeof librarySchema>;
type Item = z.infer<typeof itemSchema>;
type Files = z.infer<typeof filesSchema>;

/** Undefined for what no machine is made from, such as an ISO. */
export function toLibraryItem(library: Library, item: Item, files: Files): LibraryItem | undefined {
  if (item.type !== 'ovf' && item.type !== 'vm-template') return undefined;
  const bytes = Math.max(item.size, sum(files.map((file) => file.size ?? 0)));
  return {
    id: item.id,
    name: item.name,
    library: library.name,
    subscribed: library.type === 'SUBSCRIBED',
    kind: item.type,
    cached: item.cached,
    version: item.content_version,
    digest: digestOf(files),
    sizeMiB: Math.ceil(bytes / 2 ** 20),
    createdAt: instantOf(item.creation_time),
    syncedAt: instantOf(item.last_sync_time),
  };
}

/** One digest for all files by vSphere's own checksums; two libraries with the same content have the same. */
function digestOf(files: Files): string | undefined {
  if (files.length === 0 || files.some((file) => file.checksum_info === undefined)) return undefined;
  const lines = files.map(
    ({ name, checksum_info: sums }) =>
      `${name} ${sums?.algorithm.toUpperCase() ?? ''}:${sums?.checksum.toLowerCase() ?? ''}`,
  );
  return `sha256:${createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')}`;
}

function instantOf(text: string | undefined): Instant | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : toInstant(date);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

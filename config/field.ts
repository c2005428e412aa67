import type { z } from 'zod';

/** One setting: where it comes from, what it means, and whether its value may be shown. */
export type Field<T extends z.ZodType = z.ZodType> = Readonly<{
  schema: T;
  /** Name of the environment variable. */
  env: string;
  description: string;
  /** Never printed; may be given as `file:<path>` so that it stands in no environment. */
  sensitive: boolean;
}>;

export type Section = Readonly<Record<string, Field>>;

export type ValuesOf<S extends Section> = Readonly<{ [K in keyof S]: z.output<S[K]['schema']> }>;

export function field<T extends z.ZodType>(env: string, schema: T, description: string): Field<T> {
  return { env, schema, description, sensitive: false };
}

export function secret<T extends z.ZodType>(env: string, schema: T, description: string): Field<T> {
  return { env, schema, description, sensitive: true };
}

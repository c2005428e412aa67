import { z } from 'zod';
import type { storyWordsEnUS } from './story-words.en-US.js';

/** What somebody is told, as a code with what is in it: everybody reads it in their own language. */
export const Sentence = z
  .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
  .meta({ id: 'Sentence' });
export type Sentence = Readonly<z.infer<typeof Sentence>>;

type Stories = typeof storyWordsEnUS;

/** `{name}` and `{name:kind}` of a sentence, by their names. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}`
  ? (Hole extends `${infer Name}:${string}` ? Name : Hole) | NamesIn<Rest>
  : never;

type CodeOf<Key> = Key extends `story.${infer Code}` ? Code : never;

export type SentenceCode = CodeOf<keyof Stories>;

type Facts<Code extends SentenceCode> = Readonly<
  Record<NamesIn<Stories[`story.${Code}`]>, string | number> & Record<string, string | number>
>;

/** A sentence of a story. It does not compile without everything that it tells. */
export function sentence<Code extends SentenceCode>(code: Code, params: Facts<Code>): Sentence {
  return { code, params };
}

type Order = Readonly<{ machines: number; poolId: string; phase?: string; service?: string }>;

/** Parts of a sentence, each with its own facts, as one fact of kind `clauses`; empty where there are none. */
export function clausesFact(clauses: readonly Sentence[]): string {
  return clauses.length === 0 ? '' : JSON.stringify(clauses);
}

/** What `clausesFact` made; undefined for the plain text that older versions wrote there. */
export function clausesOf(fact: string): readonly Sentence[] | undefined {
  return fact.startsWith('[{"code":') ? z.array(Sentence).parse(JSON.parse(fact)) : undefined;
}

/** Machines of pools as a fact of kind `orders`. */
export function ordersFact(orders: readonly Order[]): string {
  return orders
    .map(({ machines, phase = '', service = '', poolId }) => [machines, phase, service, poolId].join('|'))
    .join(', ');
}

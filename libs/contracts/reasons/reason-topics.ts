import type { reasonWordsEnUS } from './words.en-US.js';

/** What reasons are about; `codes` are beginnings, so that variants of one reason stand together. */
type Topic = Readonly<{
  key: Extract<keyof typeof reasonWordsEnUS, `topic.${string}`>;
  codes: readonly string[];
}>;

const GROUND: Topic = { key: 'topic.ground', codes: [] };

/** In the order in which somebody would tell them. */
export const TOPICS: readonly Topic[] = [
  { key: 'topic.summary', codes: ['in-short', 'rehearses'] },
  {
    key: 'topic.missing',
    codes: ['shortage', 'budget-short', 'placeless', 'route-clash', 'relief', 'no-relief', 'late-start'],
  },
  {
    key: 'topic.machines',
    codes: ['standing-fleet', 'private', 'pool-chosen', 'cheaper-pools-full', 'kept-with', 'alternatives'],
  },
  { key: 'topic.failure', codes: ['outage', 'zone-spread'] },
  {
    key: 'topic.money',
    codes: [
      ...['budget-binding', 'quota-binding', 'stock-binding', 'hourly-ceiling-binding', 'subnet-binding'],
      ...['link-binding', 'launch-limit-binding', 'promised-binding', 'zone-share', 'spot', 'held-binding'],
    ],
  },
  { key: 'topic.time', codes: ['boot', 'api-time'] },
  GROUND,
];

export function topicOf(code: string): Topic {
  return TOPICS.find(({ codes }) => codes.some((begin) => code.startsWith(begin))) ?? GROUND;
}

import type { ReportLanguage } from '../after-action.js';
import type { Reason } from '../plan.js';
import { TOPICS, topicOf } from './reason-topics.js';
import { clausesOf, type Sentence } from './sentence.js';
import { readinessWordsEnUS } from './readiness-words.en-US.js';
import { readinessWordsZhCN } from './readiness-words.zh-CN.js';
import { storyWordsEnUS } from './story-words.en-US.js';
import { storyWordsZhCN } from './story-words.zh-CN.js';
import { reasonWordsEnUS } from './words.en-US.js';
import { reasonWordsZhCN } from './words.zh-CN.js';

const enUS = { ...reasonWordsEnUS, ...storyWordsEnUS, ...readinessWordsEnUS };

type WordKey = keyof typeof enUS;
type Params = Reason['params'];

/** What a sentence is written with. */
type Wording = Readonly<{
  language: ReportLanguage;
  /** What people call a pool; without it pools go by their ids. */
  nameOf?: (pool: string) => string;
  /** How an instant is written; without it as the API writes it. */
  timeOf?: (instant: string) => string;
}>;

const WORDS: Readonly<Record<ReportLanguage, Readonly<Record<WordKey, string>>>> = {
  'en-US': enUS,
  'zh-CN': { ...reasonWordsZhCN, ...storyWordsZhCN, ...readinessWordsZhCN },
};

/**
 * A reason as a sentence. The amounts in it are rounded as people write them; `params` has them exactly.
 * @returns the sentence that came with the reason where this version knows none, or not everything that it would say.
 */
export function reasonSentence(reason: Pick<Reason, 'code' | 'params' | 'text'>, wording: Wording): string {
  const sentence = sentenceOf(`reason.${reason.code}`, reason.params, wording);
  return sentence ?? reason.text;
}

/** What a readiness check found or advises; as it was kept where this version does not know all of it. */
export function readinessSentence(reason: Reason, wording: Wording): string {
  return sentenceOf(`ready.${reason.code}`, reason.params, wording) ?? reason.text;
}

/**
 * A line of a story in its reader's language.
 * @returns undefined where this version does not know all of it, or there is none: an older version wrote text alone.
 */
export function storyText(sentences: readonly Sentence[], wording: Wording): string | undefined {
  const told = sentences.map(({ code, params }) => sentenceOf(`story.${code}`, params, wording));
  if (told.length === 0 || told.includes(undefined)) return undefined;
  return told.join(wording.language === 'zh-CN' ? '' : ' ');
}

/** For whoever reads text alone: programs, logs, versions that know no sentences. */
export function englishOf(sentences: readonly Sentence[]): string {
  return storyText(sentences, { language: 'en-US' }) ?? '';
}

/** What is told, as it is kept: for readers of text alone, and for everybody else. */
export function asTold(sentences: readonly Sentence[]): { text: string; sentences: Sentence[] } {
  return { text: englishOf(sentences), sentences: [...sentences] };
}

/** The headings of an explanation with their sentences, in the order in which somebody would tell it. */
export function explanationSections(
  reasons: readonly Reason[],
  wording: Wording,
): readonly Readonly<{ title: string; sentences: readonly string[] }>[] {
  const told = Map.groupBy(reasons, (reason) => topicOf(reason.code));
  return [...told]
    .toSorted(([a], [b]) => TOPICS.indexOf(a) - TOPICS.indexOf(b))
    .map(([{ key }, own]) => ({
      title: WORDS[wording.language][key],
      sentences: own.map((reason) => reasonSentence(reason, wording)),
    }));
}

function sentenceOf(key: string, params: Params, wording: Wording): string | undefined {
  if (!isWord(key)) return undefined;
  let whole = true;
  const sentence = WORDS[wording.language][key].replaceAll(
    /\{(\w+)(?::(\w+))?\}/g,
    (_hole, name: string, kind?: string) => {
      const value = params[name];
      const told = value === undefined ? undefined : written(String(value), kind, params, wording);
      if (told === undefined) whole = false;
      return told ?? '';
    },
  );
  return whole ? sentence : undefined;
}

function isWord(key: string): key is WordKey {
  return Object.hasOwn(enUS, key);
}

/** One parameter as the sentence's reader writes such things; undefined where this version does not know all of it. */
function written(
  value: string,
  kind: string | undefined,
  params: Params,
  wording: Wording,
): string | undefined {
  const { language, nameOf = (pool: string) => pool, timeOf = (instant: string) => instant } = wording;
  switch (kind) {
    case 'money':
    case 'price':
      return moneyIn(language, value, String(params['currency'] ?? ''), kind);
    case 'number':
      return numberIn(language, value);
    case 'hours':
      return hoursIn(language, value);
    case 'machines':
    case 'satellites':
    case 'steps':
      return countIn(language, value, kind);
    case 'are':
    case 'were':
    case 'have':
    case 'depend':
      return VERBS[kind][Number(value) === 1 ? 0 : 1];
    case 'list':
      return listed(value, language, (entry) => entry);
    case 'causes':
      return listed(value, language, (cause) => word(`cause.${cause}`, language) ?? cause);
    case 'pool':
      return nameOf(value);
    case 'pools':
      return poolsIn(value, wording, nameOf);
    case 'others':
      return value === '0' ? '' : WORDS[language]['others.more'].replace('{count}', value);
    case 'orders':
      return joined(
        language,
        value.split(', ').map((order) => orderIn(order, wording)),
      );
    case 'instant':
      return timeOf(value);
    case 'waits':
      return value === '' ? '' : sentenceOf('waits.after', params, wording);
    case 'clauses':
      return clausesIn(value, wording);
    case undefined:
      return value;
    default:
      return sentenceOf(`${kind}.${value}`, params, wording) ?? value;
  }
}

function word(key: string, language: ReportLanguage): string | undefined {
  return isWord(key) ? WORDS[language][key] : undefined;
}

function listed(values: string, language: ReportLanguage, say: (value: string) => string): string {
  return joined(language, values.split(', ').map(say));
}

function joined(language: ReportLanguage, entries: readonly string[]): string {
  return entries.join(language === 'zh-CN' ? '、' : ', ');
}

/** One entry of `ordersFact`. */
function orderIn(order: string, wording: Wording): string {
  const [machines = '', phase = '', service = '', ...pool] = order.split('|');
  const kind = service !== '' ? 'service' : phase !== '' ? 'phase' : 'plain';
  return sentenceOf(`order.${kind}`, { machines, phase, service, pool: pool.join('|') }, wording) ?? order;
}

/** What an older version wrote as text stays so. */
function clausesIn(value: string, wording: Wording): string | undefined {
  const clauses = clausesOf(value);
  if (clauses === undefined) return value;
  const told = clauses.map(({ code, params }) => sentenceOf(`story.${code}`, params, wording));
  if (told.includes(undefined)) return undefined;
  return told.join(wording.language === 'zh-CN' ? '；' : '; ');
}

/** One of them, and several. */
const COUNTED = {
  machines: { 'en-US': ['machine', 'machines'], 'zh-CN': ['台主机', '台主机'] },
  satellites: { 'en-US': ['satellite', 'satellites'], 'zh-CN': ['个附属资源', '个附属资源'] },
  steps: { 'en-US': ['step', 'steps'], 'zh-CN': ['步', '步'] },
} as const;

/** What one does, and several; Chinese has no such difference. */
const VERBS = {
  are: ['is', 'are'],
  were: ['was', 'were'],
  have: ['has', 'have'],
  depend: ['depends', 'depend'],
} as const;

function countIn(language: ReportLanguage, value: string, noun: keyof typeof COUNTED): string {
  const [one, several] = COUNTED[noun][language];
  return `${numberIn(language, value)} ${Number(value) === 1 ? one : several}`;
}

const MOST_POOLS = 5;

/** A pool that stands in the list several times is named once, and of a long list only the first. */
function poolsIn(value: string, { language }: Wording, nameOf: (pool: string) => string): string {
  const pools = [...new Set(value.split(', '))];
  const named = pools.slice(0, MOST_POOLS).map((entry) => pricedPool(entry, language, nameOf));
  const more = WORDS[language]['list.more'].replace('{count}', String(pools.length - MOST_POOLS));
  return joined(language, [...named, ...(pools.length > MOST_POOLS ? [more] : [])]);
}

/** A pool, or a pool with its price as `home/a (0.5 EUR/h)`. */
function pricedPool(entry: string, language: ReportLanguage, nameOf: (pool: string) => string): string {
  const [, pool = entry, amount = '', currency = ''] = /^(.*) \((\S+) ([A-Z]{3})\/h\)$/.exec(entry) ?? [];
  if (amount === '') return nameOf(entry);
  const perHour = WORDS[language]['price.per-hour'].replace(
    '{price}',
    moneyIn(language, amount, currency, 'price'),
  );
  return `${nameOf(pool)} (${perHour})`;
}

/** Totals to the currency's smallest coin; what one hour costs, or one more of something saves, a little finer. */
function moneyIn(language: ReportLanguage, value: string, currency: string, kind: 'money' | 'price'): string {
  const amount = Number(value);
  if (!Number.isFinite(amount) || currency === '') return value;
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    ...(kind === 'price' ? { maximumFractionDigits: 4 } : {}),
  }).format(value as Intl.StringNumericLiteral);
}

/** Less than an hour in minutes. */
function hoursIn(language: ReportLanguage, value: string): string {
  const hours = Number(value);
  if (!Number.isFinite(hours)) return value;
  const isShort = hours > 0 && hours < 1;
  const unit = isShort ? 'minute' : 'hour';
  const form = {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: hours < SMALL ? 1 : 0,
  } as const;
  return new Intl.NumberFormat(language, form).format(isShort ? hours * 60 : hours);
}

const SMALL = 100;

function numberIn(language: ReportLanguage, value: string): string {
  const amount = Number(value);
  if (!Number.isFinite(amount)) return value;
  const maximumFractionDigits = Math.abs(amount) < SMALL ? 1 : 0;
  return new Intl.NumberFormat(language, { maximumFractionDigits }).format(amount);
}

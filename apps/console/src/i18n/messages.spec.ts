import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { accountFormEnUS } from './account-form.en-US.js';
import { accountFormZhCN } from './account-form.zh-CN.js';
import { campaignFormEnUS } from './campaign-form.en-US.js';
import { campaignFormZhCN } from './campaign-form.zh-CN.js';
import { enUS as firstEnUS } from './en-US.js';
import { entranceEnUS } from './entrance.en-US.js';
import { entranceZhCN } from './entrance.zh-CN.js';
import { scalingFormEnUS } from './scaling-form.en-US.js';
import { scalingFormZhCN } from './scaling-form.zh-CN.js';
import { scalingEnUS } from './scaling.en-US.js';
import { scalingZhCN } from './scaling.zh-CN.js';
import { templateEnUS } from './template.en-US.js';
import { templateZhCN } from './template.zh-CN.js';
import { zhCN as firstZhCN } from './zh-CN.js';

/** With the words that come with their page. */
const enUS = {
  ...firstEnUS,
  ...accountFormEnUS,
  ...campaignFormEnUS,
  ...scalingEnUS,
  ...scalingFormEnUS,
  ...entranceEnUS,
  ...templateEnUS,
};
const zhCN = {
  ...firstZhCN,
  ...accountFormZhCN,
  ...campaignFormZhCN,
  ...scalingZhCN,
  ...scalingFormZhCN,
  ...entranceZhCN,
  ...templateZhCN,
};

const sources = join(import.meta.dirname, '..');
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.tsx?$/.test(name) && !name.startsWith('i18n') && !name.endsWith('.spec.ts'),
);
const code = files.map((name) => ({ name, text: readFileSync(join(sources, name), 'utf8') }));
const all = code.map(({ text }) => text).join('\n');

/** A key is used when it stands in the code whole, or begins as a key that the code composes does. */
function isUsed(key: string): boolean {
  return literals.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}

const literals = new Set([...all.matchAll(/'([a-z][\w.-]*)'/gi)].map((match) => match[1] ?? ''));
const prefixes = [...all.matchAll(/`([a-z][a-z.-]*\.)\$\{/g)].map((match) => match[1] ?? '');

describe('sentences', () => {
  it('are the same ones in every language', () => {
    expect(Object.keys(zhCN).toSorted()).toEqual(Object.keys(enUS).toSorted());
  });

  it('take the same parameters in every language', () => {
    const holes = (sentence: string): string[] =>
      [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').toSorted();
    const different = Object.entries(enUS).filter(
      ([key, sentence]) => holes(sentence).join() !== holes(zhCN[key as keyof typeof enUS]).join(),
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });

  it('are never empty and are translated', () => {
    const entries = Object.entries(zhCN);
    expect(entries.filter(([, sentence]) => sentence.trim() === '').map(([key]) => key)).toEqual([]);
    const foreign = entries.filter(([, sentence]) => !/\p{Script=Han}|：|、/u.test(sentence));
    expect(foreign.map(([key]) => key)).toEqual([
      'language.en',
      'common.of',
      'account.granted',
      'machine.ours',
      'run.route',
    ]);
  });

  it('are all used', () => {
    expect(prefixes.length).toBeGreaterThan(10);
    expect(Object.keys(enUS).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('stand nowhere else', () => {
    const chinese = code.filter(({ text }) => /\p{Script=Han}/u.test(text));
    expect(chinese.map(({ name }) => name)).toEqual([]);
    const plain = code
      .filter(({ name }) => name.endsWith('.tsx'))
      .flatMap(({ name, text }) =>
        [...text.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+)[.!]?\s*</g)].map((match) => `${name}: ${match[1]}`),
      );
    expect(plain).toEqual([]);
  });
});

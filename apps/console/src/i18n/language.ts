import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { accountFormEnUS } from './account-form.en-US.js';
import type { campaignFormEnUS } from './campaign-form.en-US.js';
import { enUS } from './en-US.js';
import type { entranceEnUS } from './entrance.en-US.js';
import type { scalingFormEnUS } from './scaling-form.en-US.js';
import type { scalingEnUS } from './scaling.en-US.js';
import type { templateEnUS } from './template.en-US.js';

export const LANGUAGES = ['zh-CN', 'en-US'] as const;
export type Language = (typeof LANGUAGES)[number];

type MessageKey =
  | keyof typeof enUS
  | keyof typeof accountFormEnUS
  | keyof typeof campaignFormEnUS
  | keyof typeof entranceEnUS
  | keyof typeof scalingEnUS
  | keyof typeof scalingFormEnUS
  | keyof typeof templateEnUS;
type Sentences = Readonly<Record<string, string>>;

export type TextParams = Readonly<Record<string, string | number>>;
/** The sentence of a key; a key that does not exist fails to compile. */
export type Text = (key: MessageKey, params?: TextParams) => string;

const REMEMBERED = 'springtide.language';

/** English is always there, since unknown words fall back to it; the other languages come when they are asked for. */
const SENTENCES: Readonly<Record<Language, () => Promise<Sentences>>> = {
  'en-US': async () => await Promise.resolve(enUS),
  'zh-CN': async () => (await import('./zh-CN.js')).zhCN,
};

/** Words that one page alone needs: they come with it, not with the first page. */
const CHAPTERS = {
  'account-form': {
    'en-US': async () => (await import('./account-form.en-US.js')).accountFormEnUS,
    'zh-CN': async () => (await import('./account-form.zh-CN.js')).accountFormZhCN,
  },
  'campaign-form': {
    'en-US': async () => (await import('./campaign-form.en-US.js')).campaignFormEnUS,
    'zh-CN': async () => (await import('./campaign-form.zh-CN.js')).campaignFormZhCN,
  },
  entrance: {
    'en-US': async () => (await import('./entrance.en-US.js')).entranceEnUS,
    'zh-CN': async () => (await import('./entrance.zh-CN.js')).entranceZhCN,
  },
  template: {
    'en-US': async () => (await import('./template.en-US.js')).templateEnUS,
    'zh-CN': async () => (await import('./template.zh-CN.js')).templateZhCN,
  },
  scaling: {
    'en-US': async () => (await import('./scaling.en-US.js')).scalingEnUS,
    'zh-CN': async () => (await import('./scaling.zh-CN.js')).scalingZhCN,
  },
  'scaling-form': {
    'en-US': async () => (await import('./scaling-form.en-US.js')).scalingFormEnUS,
    'zh-CN': async () => (await import('./scaling-form.zh-CN.js')).scalingFormZhCN,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, () => Promise<Sentences>>>>>;
type Chapter = keyof typeof CHAPTERS;

const opened = new Set<Chapter>();

export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en-US',
    fallbackLng: 'en-US',
    resources: { 'en-US': { translation: enUS } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  try {
    await speak(rememberedLanguage() ?? preferredLanguage());
  } catch (cause) {
    // A page in English is better than none.
    reportError(cause);
  }
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
  void speak(language);
}

/** Before a page is shown that needs these words. */
export async function openChapter(chapter: Chapter): Promise<void> {
  opened.add(chapter);
  // A page that is the first one is asked for before any language is spoken; its words then come with the language.
  if (i18next.isInitialized) await read(chapter, i18next.language === 'zh-CN' ? 'zh-CN' : 'en-US');
}

async function read(chapter: Chapter, language: Language): Promise<void> {
  i18next.addResources(language, 'translation', await CHAPTERS[chapter][language]());
}

async function speak(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await SENTENCES[language]());
  }
  for (const chapter of opened) await read(chapter, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en-US';
}

export function useText(): Text {
  const { t } = useTranslation();
  return (key, params) => t(key, { ...params });
}

/** For codes that the server may add before this console knows them. */
export function knownKey(key: string): MessageKey | undefined {
  return key in enUS ? (key as MessageKey) : undefined;
}

function rememberedLanguage(): Language | undefined {
  const remembered = localStorage.getItem(REMEMBERED);
  return LANGUAGES.find((language) => language === remembered);
}

function preferredLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en-US';
}

import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { enUS, type MessageKey } from './en-US.js';

export const LANGUAGES = ['zh-CN', 'en-US'] as const;
export type Language = (typeof LANGUAGES)[number];

export type TextParams = Readonly<Record<string, string | number>>;
/** The sentence of a key; a key that does not exist fails to compile. */
export type Text = (key: MessageKey, params?: TextParams) => string;

const REMEMBERED = 'springtide.language';

/** English is always there, since unknown words fall back to it; the other languages come when they are asked for. */
const SENTENCES: Readonly<Record<Language, () => Promise<Readonly<Record<MessageKey, string>>>>> = {
  'en-US': async () => await Promise.resolve(enUS),
  'zh-CN': async () => (await import('./zh-CN.js')).zhCN,
};

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

async function speak(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await SENTENCES[language]());
  }
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

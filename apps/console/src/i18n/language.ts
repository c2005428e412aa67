import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { enUS, type MessageKey } from './en-US.js';
import { zhCN } from './zh-CN.js';

export const LANGUAGES = ['zh-CN', 'en-US'] as const;
export type Language = (typeof LANGUAGES)[number];

export type TextParams = Readonly<Record<string, string | number>>;
/** The sentence of a key; a key that does not exist fails to compile. */
export type Text = (key: MessageKey, params?: TextParams) => string;

const REMEMBERED = 'springtide.language';

export function startLanguages(): void {
  const language = rememberedLanguage() ?? preferredLanguage();
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en-US',
    resources: { 'en-US': { translation: enUS }, 'zh-CN': { translation: zhCN } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  document.documentElement.lang = language;
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
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

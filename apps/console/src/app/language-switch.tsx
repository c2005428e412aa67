import { Select } from 'antd';
import { chooseLanguage, useLanguage, useText, type Language } from '../i18n/language.js';

export function LanguageSwitch() {
  const text = useText();
  const language = useLanguage();
  return (
    <Select<Language>
      aria-label={text('frame.language')}
      value={language}
      onChange={chooseLanguage}
      options={[
        { value: 'zh-CN', label: text('language.zh') },
        { value: 'en-US', label: text('language.en') },
      ]}
      className="language"
    />
  );
}

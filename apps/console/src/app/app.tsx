import { ConfigProvider } from 'antd';
import enLocale from 'antd/locale/en_US';
import zhLocale from 'antd/locale/zh_CN';
import { RouterProvider } from 'react-router';
import { useLanguage } from '../i18n/language.js';
import { router } from './router.js';
import { SessionProvider } from './session.js';
import { themeFor, useDarkness } from './theme.js';

export function App() {
  const language = useLanguage();
  const dark = useDarkness();
  return (
    <ConfigProvider
      locale={language === 'zh-CN' ? zhLocale : enLocale}
      theme={themeFor(dark)}
      button={{ autoInsertSpace: false }}
    >
      <SessionProvider>
        <RouterProvider router={router} />
      </SessionProvider>
    </ConfigProvider>
  );
}

import { theme, type ThemeConfig } from 'antd';
import { useEffect, useSyncExternalStore } from 'react';

const STILL = '(prefers-reduced-motion: reduce)';
const DARK = '(prefers-color-scheme: dark)';

/** Follows the system, also while the page is open. */
export function useDarkness(): boolean {
  const dark = useSyncExternalStore(
    (changed) => {
      const media = matchMedia(DARK);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(DARK).matches,
  );
  useEffect(() => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }, [dark]);
  return dark;
}

/** Every text keeps 4.5:1 on its ground; the library's own greys and blues do not. */
export function themeFor(dark: boolean): ThemeConfig {
  const motion = !matchMedia(STILL).matches;
  const shared = { motion, borderRadius: 6, fontSize: 14, wireframe: false, fontFamily: 'var(--font)' };
  if (dark) {
    return {
      algorithm: theme.darkAlgorithm,
      token: {
        ...shared,
        colorPrimary: '#1668b8',
        colorLink: '#7cc4ff',
        colorLinkHover: '#a9d8ff',
        colorLinkActive: '#a9d8ff',
        colorBgLayout: '#0c1116',
        colorBgContainer: '#141b22',
        colorBgElevated: '#1b242d',
        colorError: '#ff9a92',
        colorTextSecondary: 'rgba(255,255,255,0.75)',
        colorTextTertiary: 'rgba(255,255,255,0.65)',
        colorTextDescription: 'rgba(255,255,255,0.7)',
        colorTextPlaceholder: 'rgba(255,255,255,0.6)',
      },
      components: { Button: { dangerColor: '#2a0a08' } },
    };
  }
  return {
    algorithm: theme.defaultAlgorithm,
    token: {
      ...shared,
      colorPrimary: '#0b5394',
      colorLink: '#0b5394',
      colorLinkHover: '#083f70',
      colorLinkActive: '#083f70',
      colorBgLayout: '#f3f6f9',
      colorTextSecondary: 'rgba(0,0,0,0.68)',
      colorTextTertiary: 'rgba(0,0,0,0.62)',
      colorTextDescription: 'rgba(0,0,0,0.65)',
      colorTextPlaceholder: 'rgba(0,0,0,0.58)',
      colorError: '#b3261e',
    },
  };
}

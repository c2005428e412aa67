import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** Chromium looks up its maker's hosts otherwise, which a closed network refuses many times over. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export type Look = Readonly<{
  language: 'zh-CN' | 'en-US';
  scheme: 'light' | 'dark';
  width?: number;
}>;

export type OpenPage = Readonly<{
  page: Page;
  /** What the page wrote to its console as an error, and what it threw. */
  errors: string[];
  close(): Promise<void>;
}>;

export async function startBrowser(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: QUIET });
}

/** A page of its own, with nothing remembered, as a person with this language and scheme would open it. */
export async function openPage(
  browser: Browser,
  { language, scheme, width = 1360 }: Look,
): Promise<OpenPage> {
  const context: BrowserContext = await browser.newContext({
    locale: language,
    colorScheme: scheme,
    // Colours are judged as they stay, not half way through appearing.
    reducedMotion: 'reduce',
    viewport: { width, height: 900 },
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, errors, close: async () => await context.close() };
}

export type Finding = Readonly<{ rule: string; impact: string; help: string; where: readonly string[] }>;

type AxeResult = {
  violations: {
    id: string;
    impact: string | null;
    help: string;
    nodes: { target: unknown[]; html: string }[];
  }[];
};

/** What axe finds on the page as it is now, by WCAG 2.2 A and AA; serious and critical only. */
export async function seriousFindings(page: Page): Promise<Finding[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // The page's policy allows no foreign script, so it is put in from outside, by the debugger.
  await page.evaluate(source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const result = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(tags)} } })`,
  );
  return result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      help,
      where: nodes.slice(0, 5).map((node) => node.html.slice(0, 200)),
    }));
}

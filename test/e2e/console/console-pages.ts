import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser, type Look, type OpenPage } from '../../yard/browser/browser-session.js';
import { projectRoot } from '../../yard/tools/lane.js';
import type { ConsoleStage } from './console-stage.js';

/** Longer than it ever takes on a busy machine; nothing waits for it to pass. */
const PATIENCE_MS = 60_000;

/** Where pictures of pages are kept, for people to look at. */
export const SCREENS = join(projectRoot(), 'var', 'screens');

export const ENGLISH: Look = { language: 'en-US', scheme: 'light' };
export const CHINESE: Look = { language: 'zh-CN', scheme: 'light' };

/** A real browser before the console of a stage. */
export class ConsolePages {
  readonly #open: OpenPage[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly stage: ConsoleStage,
  ) {}

  static async of(stage: ConsoleStage, executable: string): Promise<ConsolePages> {
    mkdirSync(SCREENS, { recursive: true });
    return new ConsolePages(await startBrowser(executable), stage);
  }

  /** Of somebody who has not signed in. */
  async blank(look: Look): Promise<OpenPage> {
    const opened = await openPage(this.browser, look);
    this.#open.push(opened);
    return opened;
  }

  /** @param token left out: the administrator's. */
  async signedIn(look: Look, token = this.stage.tenant.adminToken): Promise<OpenPage> {
    const opened = await this.blank(look);
    const { page } = opened;
    await page.goto(this.stage.url);
    await page.locator('#token').fill(token);
    await page.locator('button[type=submit]').click();
    await page.locator('header.top').waitFor({ timeout: PATIENCE_MS });
    return opened;
  }

  /** Goes there, and waits for the sign of it and for everything that is still being loaded. */
  async show(page: Page, path: string, sign = 'h1'): Promise<void> {
    await page.goto(`${this.stage.url}${path}`);
    await page.locator(sign).first().waitFor({ timeout: PATIENCE_MS });
    await page.locator('.ant-spin-spinning').first().waitFor({ state: 'detached' });
  }

  /** After each test. */
  async close(): Promise<void> {
    for (const page of this.#open.splice(0)) await page.close();
  }

  async stop(): Promise<void> {
    await this.close();
    await this.browser.close();
  }
}

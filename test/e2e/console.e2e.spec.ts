import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { routes, type ApiClient, type CampaignBody } from '@springtide/contracts';
import type { Page } from 'playwright-core';
import { seriousFindings, type Look } from '../yard/browser/browser-session.js';
import { obtainChromium } from '../yard/browser/obtain-chromium.js';
import { freePort } from '../yard/tools/free-port.js';
import { yardLane } from '../yard/tools/lane.js';
import { startAnsweringClouds, type AnsweringClouds } from './console/answering-clouds.js';
import { meetFreeze, scheduleCampaign } from './console/campaign-form-story.js';
import { CHINESE, ConsolePages, ENGLISH, SCREENS } from './console/console-pages.js';
import { consoleStage, type ConsoleStage } from './console/console-stage.js';
import {
  compareRevisions,
  dragDemand,
  freezeCampaign,
  keepChange,
  readScaling,
  rehearse,
  solveNewest,
  takeOutCloud,
  unfreeze,
  type Story,
} from './console/planning-story.js';
import { enterPhases, seedCampaign, seedClouds, solvePlan } from './console/seeded-campaign.js';

const executable = await obtainChromium();
const suite = yardLane('chromium', executable !== undefined, 'no Chromium is installed')
  ? describe
  : describe.skip;

/** Nothing of it begins while it is changed, however busy the machine is; short, since it is lived through. */
const LATER = { inMinutes: 2 * 24 * 60, phaseMinutes: 3 };

suite('console', () => {
  let stage: ConsoleStage;
  let pages: ConsolePages;
  let clouds: AnsweringClouds;
  let client: ApiClient;
  let approver: { token: string; client: ApiClient };
  let campaign: CampaignBody;
  /** Planned, changed, compared and rehearsed; never run. */
  let draft: CampaignBody;

  beforeAll(async () => {
    stage = await consoleStage();
    pages = await ConsolePages.of(stage, executable ?? '');
    client = stage.client(stage.tenant.adminToken);
    const { token } = await stage.tenant.user(['approver'], 'Lin Approver');
    approver = { token, client: stage.client(token) };
    const port = await freePort();
    clouds = startAnsweringClouds(port);
    const seeded = await seedClouds(stage, clouds, port);
    campaign = await seedCampaign(stage, seeded, 'Double 12 flash sale', port);
    draft = await seedCampaign(stage, seeded, 'Spring sale', port, LATER);
  }, 180_000);

  afterEach(async () => {
    await pages.close();
  });

  afterAll(async () => {
    await pages?.stop();
    await clouds?.stop();
    await stage?.stop();
  }, 60_000);

  it('lets nobody in without a token that the server takes, and says what is wrong', async () => {
    const opened = await pages.blank(ENGLISH);
    const { page } = opened;
    await page.goto(`${stage.url}/campaigns`);
    await page.locator('#token').waitFor();
    await page.screenshot({ path: join(SCREENS, 'sign-in.png') });
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('#token').fill('not-a-token');
    await page.locator('button[type=submit]').click();
    const alert = page.getByRole('alert').last();
    await alert.waitFor();
    const words = await alert.innerText();
    expect(words).toContain('Not signed in');
    expect(words).toContain('What to do:');
    expect(words).toMatch(/Request number [\w-]{8,}/);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  }, 60_000);

  it('returns to the sign-in page when the server no longer takes the token', async () => {
    const { token, secret } = await client.call(routes.tokenCreate, { body: { name: 'short' } });
    const { page } = await pages.signedIn(ENGLISH, secret);
    await client.call(routes.tokenRevoke, { params: { id: token.id } });
    // Nobody touches the page: what it asks again by itself is enough to notice.
    await page.locator('#token').waitFor({ timeout: 20_000 });
    expect(await page.locator('main').innerText()).toContain('You were signed out');
  }, 60_000);

  it('takes a campaign from plan to approval to a live run, by two people', async () => {
    const { page, errors } = await pages.signedIn(ENGLISH);
    await page.getByRole('link', { name: campaign.name }).click();
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByRole('button', { name: 'Make a plan' }).click();
    const planId = await firstPlan();
    await solvePlan(stage, planId);
    await page.locator('table').first().waitFor({ timeout: 20_000 });
    const plan = await client.call(routes.planGet, { params: { id: planId } });
    expect(plan.status).toBe('ready');
    expect(await page.locator('main').innerText()).toContain('Why this plan');

    await page.getByRole('link', { name: 'Readiness', exact: true }).click();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page
      .getByText(/vCPUs of quota .+ are free/)
      .first()
      .waitFor({ timeout: 20_000 });
    const readiness = await page.locator('main').innerText();
    expect(readiness).toContain('standing machines are healthy behind');
    expect(readiness).toContain('is not told in CNY by its cloud');

    await page.getByRole('link', { name: 'Approval', exact: true }).click();
    await page.getByRole('button', { name: /Ask for approval/ }).click();
    await page.getByText('somebody else has to decide').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);

    const other = await pages.signedIn(ENGLISH, approver.token);
    await other.page.getByRole('link', { name: 'Approvals' }).click();
    await other.page.getByRole('link', { name: campaign.name }).click();
    await other.page.getByRole('button', { name: 'Approve' }).click();
    await other.page.getByText('Decided on').waitFor();

    await page.getByRole('link', { name: 'Live run' }).click();
    await page.getByRole('button', { name: 'Arm the run' }).click({ timeout: 15_000 });
    await page.locator('.war-room').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    const { currentRunId } = await client.call(routes.campaignGet, { params: { id: campaign.id } });
    await enterPhases(stage, currentRunId ?? '', ['prewarm', 'ramp']);
    await page.locator('.war-room').getByText('Ramp', { exact: true }).waitFor({ timeout: 20_000 });
    await page.getByText('Machines bought').first().waitFor({ timeout: 20_000 });
    expect(errors).toEqual([]);
  }, 180_000);

  async function firstPlan(): Promise<string> {
    for (let round = 0; round < 100; round += 1) {
      const { items } = await client.call(routes.planList, { params: { id: campaign.id } });
      if (items[0]) return items[0].id;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no plan was asked for within ten seconds');
  }

  it('puts a campaign on the calendar, has it planned, changes it and cancels it', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await scheduleCampaign({ stage, client, page, pages });
  }, 180_000);

  const storyOn = (page: Page): Story => ({ stage, client, page, campaign: draft, pages });

  it('changes a plan by dragging, keeps a change, and compares what came of it', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    const story = storyOn(page);
    await client.call(routes.planRequest, { params: { id: draft.id } });
    expect((await solveNewest(story)).status).toBe('ready');
    await dragDemand(story);
    await takeOutCloud(story);
    await keepChange(story);
    await compareRevisions(story);
  }, 180_000);

  it('rehearses a plan, and shows the verdict beside the approval', async () => {
    const { page, errors } = await pages.signedIn(ENGLISH);
    await rehearse(storyOn(page));
    expect(errors).toEqual([]);
  }, 180_000);

  it('shows a year with its clashes, and what strategies want between campaigns', async () => {
    const { page, errors } = await pages.signedIn(ENGLISH);
    const story = storyOn(page);
    await freezeCampaign(story);
    await unfreeze(story);
    await freezeCampaign(story);
    await meetFreeze(story);
    await readScaling(story);
    expect(errors).toEqual([]);
  }, 120_000);

  it('stops a run only after saying what that does, and hears the answer at once', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await pages.show(page, `/campaigns/${campaign.id}/run`, '.war-room');
    await page.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('If stopped now:').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENS, 'run-pause.png') });
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.locator('.war-room.paused').waitFor({ timeout: 5_000 });
    await page.getByRole('button', { name: 'Abort and scale back' }).click();
    const abort = page.getByRole('dialog').getByRole('button', { name: 'Abort and scale back' });
    expect(await abort.isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.waitForTimeout(300);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Abort and scale back');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.locator('.war-room:not(.paused)').waitFor({ timeout: 5_000 });
  }, 90_000);

  it('asks by itself where no stream passes, and streams again when one does', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await page.route('**/events', async (route) => await route.abort());
    await pages.show(page, `/campaigns/${campaign.id}/run`, '.war-room');
    await page.getByText('asked every two seconds').waitFor();
    const told = await page.locator('.story li').count();
    expect(told).toBeGreaterThan(3);
    await page.unroute('**/events');
    await page.getByText('live', { exact: true }).waitFor({ timeout: 10_000 });
    expect(await page.locator('.story li').count()).toBe(told);
  }, 60_000);

  it('loads little before its first page, and fits a telephone', async () => {
    const narrow = await pages.blank({ ...ENGLISH, width: 390 });
    const { page } = narrow;
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body());
    });
    await page.goto(stage.url);
    await page.locator('#token').fill(stage.tenant.adminToken);
    await page.locator('button[type=submit]').click();
    await page.locator('.grid tbody a').first().waitFor();
    const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).byteLength, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(350 * 1024);
    for (const path of [
      '/campaigns',
      `/campaigns/${campaign.id}/overview`,
      `/campaigns/${campaign.id}/run`,
      `/campaigns/${draft.id}/plan`,
      `/campaigns/${draft.id}/compare`,
      `/campaigns/${draft.id}/rehearsal`,
      '/campaigns/new',
      `/campaigns/${draft.id}/edit`,
      '/calendar',
      '/scaling',
    ]) {
      await pages.show(page, path, 'main h1');
      await page.screenshot({ path: join(SCREENS, `narrow${path.replaceAll('/', '-').slice(-9)}.png`) });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    }
  }, 60_000);

  it('filters machines on the server and keeps the filter in the address', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await client.call(routes.inventorySync, { body: {} });
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/machines')) asked.push(request.url());
    });
    await pages.show(page, '/machines?owned=true&state=running', '.grid tbody tr');
    expect(asked.some((url) => url.includes('owned=true') && url.includes('state=running'))).toBe(true);
    expect(await page.locator('.freshness').innerText()).toContain('completely read');
    await page.locator('.search input').fill('no-such-machine');
    await page.locator('.search input').press('Enter');
    await page.getByText('No machine fits.').waitFor();
    expect(page.url()).toContain('search=no-such-machine');
  }, 60_000);

  it('hands out the cost as a CSV file', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await pages.show(page, `/campaigns/${campaign.id}/cost`, '.figures');
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const file = await (await coming).path();
    expect(await readFile(file, 'utf8')).toContain('campaign_id,as_of,basis');
  }, 60_000);

  it('hands out the report as a PDF, in the language of the page', async () => {
    const { page } = await pages.signedIn(CHINESE);
    await pages.show(page, `/campaigns/${campaign.id}/report`, '.figures');
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: '下载 PDF' }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toContain('zh-CN');
    expect((await readFile(await download.path())).toString('latin1', 0, 5)).toBe('%PDF-');
  }, 60_000);

  it('is reached by keyboard alone', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await pages.show(page, '/campaigns', '.grid tbody a');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    for (let presses = 0; presses < 10; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.textContent')) === campaign.name) break;
    }
    await page.keyboard.press('Enter');
    await page.locator('nav.parts').waitFor();
  }, 60_000);

  const looks: Look[] = [
    { language: 'en-US', scheme: 'light' },
    { language: 'zh-CN', scheme: 'light' },
    { language: 'en-US', scheme: 'dark' },
    { language: 'zh-CN', scheme: 'dark' },
  ];
  it.each(looks)(
    'is accessible on every page in $language, $scheme',
    async (look) => {
      const { page, errors } = await pages.signedIn(look);
      const accounts = await client.call(routes.accountList);
      const part = (name: string, of = campaign) => [name, `/campaigns/${of.id}/${name}`] as const;
      const places = [
        ['campaigns', '/campaigns'],
        part('overview'),
        part('plan'),
        part('readiness'),
        part('approval'),
        part('run'),
        part('report'),
        part('cost'),
        part('compare', draft),
        part('rehearsal', draft),
        ['new', '/campaigns/new'],
        part('edit', draft),
        ['calendar', '/calendar'],
        ['scaling', '/scaling'],
        ['approvals', '/approvals?status=any'],
        ['accounts', '/accounts'],
        ['account', `/accounts/${accounts.items[0]?.id ?? ''}`],
        ['machines', '/machines'],
        ['audit', '/audit'],
        ['missing', '/no-such-page'],
      ] as const;
      const findings: unknown[] = [];
      for (const [name, path] of places) {
        await pages.show(page, path, 'main h1');
        await page.waitForTimeout(300);
        const file = `${name}.${look.language}.${look.scheme}.png`;
        await page.screenshot({ path: join(SCREENS, file), fullPage: true });
        findings.push(...(await seriousFindings(page)).map((finding) => ({ name, ...finding })));
      }
      expect(findings).toEqual([]);
      expect(errors).toEqual([]);
    },
    180_000,
  );
});

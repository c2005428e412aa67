import { routes, type CampaignBody } from '@springtide/contracts';
import type { Page } from 'playwright-core';
import { solveNewest, type Story } from './planning-story.js';

/** Longer than it ever takes on a busy machine; nothing waits for it to pass. */
const PATIENCE_MS = 60_000;

type Given = Omit<Story, 'campaign'>;

/** Puts a campaign on the calendar as somebody does who has never seen a command line, and has it planned. */
export async function scheduleCampaign(given: Given): Promise<void> {
  const { page, pages } = given;
  await pages.show(page, '/campaigns', '.grid');
  await page.getByRole('link', { name: 'New campaign' }).click();
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  await page.getByText('Places that need attention: 5').waitFor({ timeout: PATIENCE_MS });
  expect(await page.getByText('Please fill this in.').count()).toBe(2);
  await fillIn(page);
  await refuse(page);
  await keepOverReload(page);
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  await page.getByRole('button', { name: 'Make a plan' }).waitFor({ timeout: PATIENCE_MS });
  const story = { ...given, campaign: await read(given) };
  expect(story.campaign).toMatchObject({ status: 'draft', timeZone: 'Asia/Shanghai' });
  expect(demandOf(story.campaign)).toEqual([225, 540, 900, 450, 270, 100]);
  await page.getByRole('button', { name: 'Make a plan' }).click();
  await page.getByText('Being solved').first().waitFor({ timeout: PATIENCE_MS });
  expect((await solveNewest(story)).status).toBe('ready');
  await page.getByText('Why this plan').waitFor({ timeout: PATIENCE_MS });
  await changeAndCancel(story);
}

function demandOf({ demand }: CampaignBody): readonly number[] {
  return demand.map(({ requestsPerSecond }) => requestsPerSecond);
}

async function read({ client, page }: Given): Promise<CampaignBody> {
  const id = /campaigns\/([\w-]{36})/.exec(page.url())?.[1] ?? '';
  return await client.call(routes.campaignGet, { params: { id } });
}

/** The sale gives dates and phases, the peak the rest of the course. */
async function fillIn(page: Page): Promise<void> {
  await choose(page, 'Time zone', 'Asia/Shanghai');
  await choose(page, 'Sale of the calendar', 'Double 11');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toMatch(/^Double 11 \d{4}$/);
  expect(await page.getByLabel('Start of the first phase').inputValue()).toMatch(/-11-10T22:00$/);
  await choose(page, 'Template', 'shop, version');
  await page.getByLabel('storefront, Peak, requests per second').fill('900');
  await page.getByRole('button', { name: 'Fill in the others from the peak' }).first().click();
  await page.getByLabel('checkout, Peak, requests per second').fill('100');
  await page.getByText('Short phases are drawn wider').waitFor();
  expect(await page.locator('.demand-picture .total').allInnerTexts()).toEqual([
    '225',
    '540',
    '1,000',
    '450',
    '270',
  ]);
  for (const cloud of ['east', 'hangzhou']) await page.getByRole('checkbox', { name: cloud }).check();
  await page.getByLabel('Budget').fill('4,000');
  await page.getByText('A plain number that is not negative').waitFor();
  await page.getByLabel('Budget').fill('4000');
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  const options = page.locator(
    '.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option',
  );
  await options.filter({ hasText: option }).last().click();
}

/** What the server refuses is told at its field, and what was typed stays. */
async function refuse(page: Page): Promise<void> {
  await page.route('**/api/v1/campaigns', async (route) => {
    if (route.request().method() !== 'POST') return await route.continue();
    const errors = [{ path: 'budget.amount', message: 'refused for the test' }];
    const problem = { type: 'about:blank', title: 'Invalid request', status: 400, code: 'invalid-argument' };
    const words = { detail: 'The request is wrong in one place.', nextStep: 'Correct it.' };
    const body = JSON.stringify({ ...problem, ...words, correlationId: 'test-refusal', errors });
    await route.fulfill({ status: 400, contentType: 'application/problem+json', body });
  });
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  const field = page.locator('.field.wrong');
  await field.getByText('refused for the test').waitFor({ timeout: PATIENCE_MS });
  expect(await field.getByLabel('Budget').inputValue()).toBe('4000');
  await page.unroute('**/api/v1/campaigns');
}

async function keepOverReload(page: Page): Promise<void> {
  await page.reload();
  await page.getByText('This is what you had typed before').waitFor({ timeout: PATIENCE_MS });
  expect(await page.getByLabel('storefront, Ramp, requests per second').inputValue()).toBe('540');
}

/** A freeze at its time is told while a campaign is entered, and no longer once it is moved away. */
export async function meetFreeze({ page, campaign, pages }: Story): Promise<void> {
  await pages.show(page, `/campaigns/${campaign.id}/edit`, '.campaign-form');
  const told = page.getByText(
    `“${campaign.name}” starts or returns machines during the freeze “month close”`,
  );
  await told.waitFor({ timeout: PATIENCE_MS });
  const start = page.getByLabel('Start of the first phase');
  await start.fill(`${Number((await start.inputValue()).slice(0, 4)) + 1}-03-01T10:00`);
  await told.waitFor({ state: 'detached', timeout: PATIENCE_MS });
}

/** Changed, it is a draft again, whose plan no longer holds; cancelled, it is out of everybody’s way. */
async function changeAndCancel(story: Story): Promise<void> {
  const { page, client, campaign, pages } = story;
  const params = { id: campaign.id };
  await pages.show(page, `/campaigns/${campaign.id}/overview`, '.timeline');
  await page.getByRole('link', { name: 'Look at it and ask for approval' }).waitFor({ timeout: PATIENCE_MS });
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('checkout, Ramp, requests per second').fill('50.5');
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  await page.getByText('No plan is made of it yet').waitFor({ timeout: PATIENCE_MS });
  const changed = await client.call(routes.campaignGet, { params });
  expect(changed).toMatchObject({ status: 'draft', version: campaign.version + 1, phases: campaign.phases });
  expect(demandOf(changed)).toEqual([225, 540, 900, 450, 270, 50.5, 100]);
  await page.getByRole('button', { name: 'Cancel the campaign' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the campaign' }).click();
  await page.locator('.badge', { hasText: 'Cancelled' }).waitFor({ timeout: PATIENCE_MS });
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { RehearsalService } from '@springtide/campaigns';
import { RehearsalResult, routes, type ApiClient, type CampaignBody } from '@springtide/contracts';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../yard/tools/lane.js';
import { nodeArguments } from '../../yard/tools/node-arguments.js';
import type { ConsolePages } from './console-pages.js';
import type { ConsoleStage } from './console-stage.js';
import { keepGroupOff } from './resting-group.js';
import { solvePlan } from './seeded-campaign.js';

/** Longer than it ever takes on a busy machine; nothing waits for it to pass. */
const PATIENCE_MS = 60_000;

export type Story = Readonly<{
  stage: ConsoleStage;
  client: ApiClient;
  page: Page;
  campaign: CampaignBody;
  pages: ConsolePages;
}>;

/** Has the newest plan of a campaign solved, and reads it. */
export async function solveNewest({ stage, client, campaign }: Story) {
  const { items } = await client.call(routes.planList, { params: { id: campaign.id } });
  const [newest] = items;
  if (newest === undefined) throw new Error('no plan was asked for');
  await solvePlan(stage, newest.id);
  return await client.call(routes.planGet, { params: { id: newest.id } });
}

const ANSWERED = /Planned in .+ at the prices known now/;
const words = (page: Page) => page.locator('.in-words');

/** Drags demand by keyboard, and hears what it would cost; the answer to an older question never takes its place. */
export async function dragDemand({ page, campaign, pages }: Story): Promise<void> {
  await pages.show(page, `/campaigns/${campaign.id}/plan`, '.what-if');
  const slider = page.getByRole('slider', { name: /^Demand/ });
  const number = page.getByRole('spinbutton', { name: /^Demand/ });
  await slider.focus();
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('ArrowRight');
  expect(await number.inputValue()).toBe('1.2');
  await page.getByText(ANSWERED).waitFor({ timeout: PATIENCE_MS });
  expect(await words(page).innerText()).toMatch(/With this change the plan costs .+ more \(.+%\)/);

  const asked: number[] = [];
  await page.route('**/what-if', async (route) => {
    const { demandFactor = 1 } = JSON.parse(route.request().postData() ?? '{}') as { demandFactor?: number };
    asked.push(demandFactor);
    if (demandFactor === 2) await new Promise((resolve) => setTimeout(resolve, 2_500));
    // Whoever asked may have gone meanwhile, which is what is looked at here.
    await route.continue().catch(() => undefined);
  });
  const late = page.waitForRequest((request) => request.postData()?.includes('"demandFactor":2') ?? false);
  await number.fill('2');
  const outdated = await late;
  await number.fill('0.5');
  await page.getByText(ANSWERED).waitFor({ timeout: PATIENCE_MS });
  const half = await words(page).innerText();
  expect(half).toMatch(/costs .+ less/);
  await page.waitForTimeout(3_000);
  expect(await words(page).innerText()).toBe(half);
  expect(asked).toEqual([2, 0.5]);
  expect(outdated.failure()).not.toBeNull();
  await page.unroute('**/what-if');

  await number.fill('0');
  await page.getByText('Enter how many times as high the demand is').waitFor();
  await page.getByRole('button', { name: 'Back to the plan' }).click();
  await page.getByText('Nothing is changed yet').waitFor();
}

/** Takes a cloud out, and reads in which phase how much would be missing; then less money than nothing, and a refusal. */
export async function takeOutCloud({ page }: Story): Promise<void> {
  const east = page.getByRole('checkbox', { name: /^east(, all regions)?$/ });
  await east.uncheck();
  await page.getByText(/requests\/s do not\./).waitFor({ timeout: PATIENCE_MS });
  expect(await page.getByRole('checkbox', { name: /^hangzhou(, all regions)?$/ }).isDisabled()).toBe(true);
  await east.check();
  const zone = page.getByRole('checkbox', { name: 'east: zone sim-east-a' });
  await zone.uncheck();
  await page.getByText(ANSWERED).waitFor({ timeout: PATIENCE_MS });
  await page.getByText('This cannot be kept: a campaign names clouds').waitFor();
  expect(await words(page).innerText()).toMatch(/\d+ fewer of east sim-east-a/);
  await zone.check();
  await page.getByRole('spinbutton', { name: 'Budget' }).fill('0');
  await page.getByText(/Machines at once, at most/).waitFor({ timeout: PATIENCE_MS });
  await page.getByText(ANSWERED).waitFor({ timeout: PATIENCE_MS });
  expect(await words(page).innerText()).toContain('fewer than the');
  await page.route('**/what-if', async (route) => await route.abort());
  await page.getByRole('spinbutton', { name: 'Budget' }).fill('1');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.innerText()).toContain('What to do:');
  await page.unroute('**/what-if');
  await page.getByRole('button', { name: 'Back to the plan' }).click();
}

/** Keeps a change: the campaign is another one and its plan is made anew. */
export async function keepChange(story: Story): Promise<void> {
  const { page, client, campaign } = story;
  await page.getByRole('spinbutton', { name: /^Demand/ }).fill('1.3');
  await page.getByRole('button', { name: 'Keep as a new revision' }).click({ timeout: PATIENCE_MS });
  const dialog = page.getByRole('dialog');
  await dialog.getByText('no longer holds').waitFor();
  await dialog.getByRole('button', { name: 'Keep as a new revision' }).click();
  await page.getByText('Being solved').first().waitFor({ timeout: PATIENCE_MS });
  const plan = await solveNewest(story);
  expect(plan).toMatchObject({ revision: 2, status: 'ready' });
  const changed = await client.call(routes.campaignGet, { params: { id: campaign.id } });
  expect(changed.demand[0]?.requestsPerSecond).toBe((campaign.demand[0]?.requestsPerSecond ?? 0) * 1.3);
}

/** Both revisions side by side, newest against the one before. */
export async function compareRevisions({ page, campaign, pages }: Story): Promise<void> {
  await pages.show(page, `/campaigns/${campaign.id}/compare`, '.in-words');
  expect(await words(page).innerText()).toMatch(/^Revision 2 costs .+ more/);
  expect(await page.locator('.difference').count()).toBeGreaterThan(3);
  await pages.show(page, `/campaigns/${campaign.id}/compare?from=2&to=2`, '.in-words, main p');
  await page.getByText('The two plans are the same').waitFor();
}

/** Starts a rehearsal, lives through it as a worker would, and reads the verdict here and beside the approval. */
export async function rehearse({ page, stage, client, campaign, pages }: Story): Promise<void> {
  await pages.show(page, `/campaigns/${campaign.id}/rehearsal`, '.storms');
  await page.getByRole('radio', { name: /^Sold out/ }).check();
  await page.getByRole('button', { name: 'Start the rehearsal' }).click();
  await page.getByText(/Running for \d/).waitFor({ timeout: PATIENCE_MS });
  const { currentPlanId } = await client.call(routes.campaignGet, { params: { id: campaign.id } });
  const { items } = await client.call(routes.rehearsalList, { params: { id: currentPlanId ?? '' } });
  await liveThrough(stage, items[0]?.id ?? '');
  await page.getByText('Served share, hardest phase').first().waitFor({ timeout: PATIENCE_MS });
  const result = await client.call(routes.rehearsalGet, { params: { id: items[0]?.id ?? '' } });
  const verdict = result.result?.passed === true ? 'Passed' : 'Did not pass';
  await page.locator('.badge', { hasText: verdict }).first().waitFor();
  await page.getByText('What happened in the rehearsal').click();
  await page
    .getByText(/sold out in/)
    .first()
    .waitFor();

  await pages.show(page, `/campaigns/${campaign.id}/approval`, 'main h2');
  await page.getByRole('button', { name: /Ask for approval/ }).click();
  await page.locator('.badge', { hasText: verdict }).waitFor({ timeout: PATIENCE_MS });
}

async function liveThrough(stage: ConsoleStage, id: string): Promise<void> {
  const rehearsals = stage.service(RehearsalService);
  const question = await rehearsals.question(stage.tenant.job, id);
  const program = nodeArguments(join(projectRoot(), 'apps', 'worker', 'src'), 'main');
  const child = spawn(process.execPath, [...program, 'rehearse'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(question));
  await rehearsals.finish(stage.tenant.job, id, RehearsalResult.parse(await json(child.stdout)));
}

/** Puts a freeze over the campaign, reads the clash, and takes it off again. */
export async function freezeCampaign({ page, campaign, pages }: Story): Promise<void> {
  const china = (instant: string | undefined, afterMs: number): string =>
    new Date(Date.parse(instant ?? '') + 8 * 3_600_000 + afterMs).toISOString().slice(0, 16);
  const year = china(campaign.phases[0]?.startsAt, 0).slice(0, 4);
  await pages.show(page, `/calendar?year=${year}`, '.months');
  expect(await page.locator('.month').count()).toBe(12);
  expect(await page.locator('main').innerText()).toContain('Double 11');
  await page.getByLabel('What for').fill('month close');
  await page.getByLabel('From (China time)').fill(china(campaign.phases[0]?.startsAt, -3_600_000));
  await page.getByLabel('Until (China time)').fill(china(campaign.phases[0]?.startsAt, 3_600_000));
  await page.getByRole('button', { name: 'Put on the calendar' }).click();
  await page
    .getByText(`“${campaign.name}” starts or returns machines during the freeze “month close”`)
    .waitFor({ timeout: PATIENCE_MS });
}

export async function unfreeze({ page, pages }: Story): Promise<void> {
  await pages.show(page, '/calendar', '.months');
  await page.getByRole('button', { name: 'Take off “month close”' }).click();
  await page.getByText('No freeze is on the calendar').waitFor({ timeout: PATIENCE_MS });
}

/** Strategies of a service, what each wants, the number that follows, and a group of it that rests. */
export async function readScaling(story: Story): Promise<void> {
  const { page, client, pages } = story;
  await pages.show(page, '/scaling', 'main h1');
  await page.getByText('springtide scaling set').waitFor();
  await client.call(routes.scalingPut, {
    params: { service: 'storefront' },
    body: {
      floor: 1,
      ceiling: 40,
      strategies: [
        { id: 'by-hand', kind: 'manual', machines: 3, until: null },
        {
          ...{ id: 'evenings', kind: 'scheduled', timeZone: 'Asia/Shanghai', holidays: ['2030-10-01'] },
          rules: [{ days: ['fri'], from: '18:00', to: '23:00', machines: 30 }],
        },
        { id: 'campaigns', kind: 'campaign' },
      ],
    },
  });
  // A Friday at nine in the evening there.
  await pages.show(page, '/scaling', '.figures');
  await page.getByText('set by hand to 3, until changed').waitFor();
  await changeScaling(page, client);
  await keepGroupOff(story, 'storefront');
  expect(await page.locator('main').innerText()).toContain('The rule: the highest want counts.');
  const friday = new Date('2030-10-04T13:00:00Z');
  const local = await page.evaluate<string>(
    `(() => { const d = new Date(${friday.getTime()}); return new Date(d.getTime() - d.getTimezoneOffset() * 60000).toISOString().slice(0, 16); })()`,
  );
  await page.getByLabel('Look at another time').fill(local);
  await page.getByText('30 from 18:00 to 23:00, Asia/Shanghai').waitFor({ timeout: PATIENCE_MS });
  await page.getByText('the highest want counts: 30, by evenings').waitFor();
}

/** Changes a number while somebody else changes another: both hold, and nothing that was typed is lost. */
async function changeScaling(page: Page, client: ApiClient): Promise<void> {
  await page.getByText('Change strategies, limits and the money of the month').click();
  const byHand = page.getByRole('group', { name: 'By hand', exact: true });
  await byHand.getByRole('spinbutton', { name: 'Machines' }).fill('5');
  const params = { service: 'storefront' };
  const { version, ...before } = await client.call(routes.scalingGet, { params, query: {} });
  await client.call(routes.scalingPut, { params, body: { ...before, ceiling: 41 }, ifMatch: version });
  await page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);
  await page.getByRole('button', { name: 'Take their changes over' }).click({ timeout: PATIENCE_MS });
  await page.getByText('Taken over from them: Most machines').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('set by hand to 5, until changed').waitFor({ timeout: PATIENCE_MS });
  const after = await client.call(routes.scalingGet, { params, query: {} });
  expect(after).toMatchObject({ version: version + 2, ceiling: 41 });
}

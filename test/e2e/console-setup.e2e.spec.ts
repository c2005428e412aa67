import { join } from 'node:path';
import { routes, type ApiClient } from '@springtide/contracts';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../yard/browser/browser-session.js';
import { obtainChromium } from '../yard/browser/obtain-chromium.js';
import { freePort } from '../yard/tools/free-port.js';
import { yardLane } from '../yard/tools/lane.js';
import { startAnsweringClouds, type AnsweringClouds } from './console/answering-clouds.js';
import { CHINESE, ConsolePages, ENGLISH, SCREENS } from './console/console-pages.js';
import { consoleStage, type ConsoleStage } from './console/console-stage.js';

const executable = await obtainChromium();
const suite = yardLane('chromium', executable !== undefined, 'no Chromium is installed')
  ? describe
  : describe.skip;

/** Longer than it ever takes on a busy machine; nothing waits for it to pass. */
const PATIENCE_MS = 60_000;
const WRONG_KEY = 'a-key-that-is-wrong';

/** What infrastructure people set up before any campaign, in the order in which they do it, without a command line. */
suite('setting up in the console', () => {
  let stage: ConsoleStage;
  let pages: ConsolePages;
  let clouds: AnsweringClouds;
  let client: ApiClient;
  let port: number;

  beforeAll(async () => {
    stage = await consoleStage();
    pages = await ConsolePages.of(stage, executable ?? '');
    client = stage.client(stage.tenant.adminToken);
    port = await freePort();
    clouds = startAnsweringClouds(port);
  }, 300_000);

  afterEach(async () => {
    await pages.close();
  });

  afterAll(async () => {
    await pages?.stop();
    await clouds?.stop();
    await stage?.stop();
  }, 60_000);

  async function choose(page: Page, label: string | RegExp, option: string): Promise<void> {
    await page.getByRole('combobox', { name: label }).click();
    const options = page.locator(
      '.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option',
    );
    await options.filter({ hasText: option }).first().click();
  }

  const take = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: join(SCREENS, `setup-${name}.png`), fullPage: true });
  };

  /** Nobody is shut out: axe finds nothing, and every field has a name. */
  async function judge(page: Page): Promise<void> {
    expect(await seriousFindings(page)).toEqual([]);
  }

  it('registers a cloud whose key is wrong, corrects it, and never shows a secret', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await pages.show(page, '/accounts');
    await take(page, 'accounts-empty.en');
    await page.getByRole('link', { name: 'Register an account' }).click();
    await choose(page, 'Which cloud', 'Simulated cloud');
    await page.getByRole('button', { name: 'Register and check' }).click();
    await page.getByText('Nothing was sent. Fields to fill in: 3.').waitFor({ timeout: PATIENCE_MS });
    await page.getByLabel('Name', { exact: true }).fill('east');
    await page.getByText(/More settings/).click();
    await page.getByLabel('Cloud', { exact: true }).fill('console-public');
    await page.getByLabel('Access key').fill(String(clouds.credentials.public['accessKey']));
    await page.getByLabel('Secret key').fill('short');
    await page.getByRole('button', { name: 'Register and check' }).click();
    await page.locator('.field.wrong', { hasText: 'Secret key' }).getByText('too small').waitFor();
    await page.getByLabel('Secret key').fill(WRONG_KEY);
    expect(await page.getByLabel('Secret key').getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Register and check' }).click();
    await page.getByText('The cloud refuses the credential').waitFor({ timeout: PATIENCE_MS });
    await take(page, 'account-refused.en');
    await judge(page);
    expect(await page.content()).not.toContain(WRONG_KEY);
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain(WRONG_KEY);
    await page.getByLabel('Access key').fill(String(clouds.credentials.public['accessKey']));
    await page.getByLabel('Secret key').fill(String(clouds.credentials.public['secretKey']));
    await page.getByRole('button', { name: 'Save and check' }).click();
    await page.locator('.badge', { hasText: 'Healthy' }).waitFor({ timeout: PATIENCE_MS });
    const { items } = await client.call(routes.accountList, { query: {} });
    expect(items).toMatchObject([{ name: 'east', status: 'healthy', credentialVersion: 2 }]);
    await page.getByRole('button', { name: 'Read everything now' }).click();
    await page.getByText(/All was read: \d+ found/).waitFor({ timeout: PATIENCE_MS });
    await take(page, 'account.en');
    await judge(page);
  }, 240_000);

  it('tells a form of any cloud by its schema, and what the gate refuses at the address', async () => {
    const { page } = await pages.signedIn(CHINESE);
    await pages.show(page, '/accounts/new?provider=aws');
    await page.getByLabel('名称', { exact: true }).fill('北京');
    await page.getByLabel('地域', { exact: true }).fill('cn-nowhere');
    await page
      .getByText(/更多设置/)
      .first()
      .click();
    await page.getByLabel('替代云平台默认地址的地址').fill('http://127.0.0.1:9');
    await page.getByLabel('访问密钥 ID').fill('AKIA0123456789ABCDEF');
    await page.getByLabel('访问密钥', { exact: true }).fill(WRONG_KEY);
    await page.getByRole('button', { name: '登记并检查' }).click();
    await page
      .locator('.field.wrong', { hasText: '地域' })
      .getByText('is no AWS region')
      .waitFor({ timeout: PATIENCE_MS });
    expect(await page.getByLabel('访问密钥', { exact: true }).inputValue()).toBe(WRONG_KEY);
    await take(page, 'account-wrong-place.zh');
    await page.getByLabel('地域', { exact: true }).fill('cn-north-1');
    await page.getByRole('button', { name: '登记并检查' }).click();
    await page.getByText('无法使用该地址：地址有误、无法访问或未被放行。').waitFor({ timeout: PATIENCE_MS });
    await take(page, 'account-address.zh');
    await judge(page);
    await pages.show(page, '/accounts/new?provider=vsphere');
    await page.getByRole('button', { name: '添加一条' }).first().click();
    await page
      .getByText(/更多设置/)
      .first()
      .click();
    await take(page, 'account-vsphere.zh');
    await pages.show(page, '/accounts/new?provider=haproxy');
    await page.getByRole('button', { name: '添加一条' }).first().click();
    await take(page, 'account-haproxy.zh');
    await judge(page);
    await pages.show(page, '/accounts');
    await take(page, 'accounts.zh');
  }, 240_000);

  it('disables an account and uses it again', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await pages.show(page, '/accounts');
    await page.getByRole('link', { name: 'east' }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByText('What runs there goes on').waitFor({ timeout: PATIENCE_MS });
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.locator('.badge', { hasText: 'Disabled' }).waitFor({ timeout: PATIENCE_MS });
    await page.getByRole('button', { name: 'Use again' }).click();
    await page.locator('.badge', { hasText: 'Healthy' }).waitFor({ timeout: PATIENCE_MS });
  }, 120_000);

  it('stores a template, and the next version of it, over nobody else’s', async () => {
    const { page } = await pages.signedIn(ENGLISH);
    await pages.show(page, '/templates');
    await page.getByRole('link', { name: 'New template' }).click();
    await page.getByLabel('Name', { exact: true }).first().fill('shop');
    await page.getByLabel('Name', { exact: true }).nth(1).fill('storefront');
    await page.getByLabel('Entrance', { exact: true }).fill('storefront');
    await page.getByLabel('Machine type').fill('rack.8');
    await page.getByLabel('Requests per second').fill('300');
    await page.getByLabel('At a latency of (ms)').fill('200');
    await page.getByLabel('Where the number comes from').fill('load test 6');
    await page.getByLabel('Image', { exact: true }).fill('img-shop-1');
    await page.getByLabel('Cloud-init text').fill('#cloud-config\nruncmd: [[systemctl, start, shop]]');
    await page.getByLabel('Port', { exact: true }).fill('99999');
    await page.getByRole('button', { name: 'Store version 1' }).click();
    await page.locator('.field.wrong', { hasText: 'Port' }).waitFor({ timeout: PATIENCE_MS });
    await take(page, 'template-wrong.en');
    await judge(page);
    await page.getByLabel('Port', { exact: true }).fill(String(port));
    await page.getByRole('button', { name: 'Store version 1' }).click();
    await page.getByRole('heading', { name: 'shop, version 1' }).waitFor({ timeout: PATIENCE_MS });
    await take(page, 'template.en');
    await judge(page);
    const [stored] = (await client.call(routes.templateList, { query: {} })).items;
    expect(stored?.services).toMatchObject([
      { name: 'storefront', group: 'storefront', headroom: 0.15, port },
    ]);

    await page.getByRole('link', { name: 'Make the next version' }).click();
    await page.getByLabel('Headroom over demand').fill('20');
    const meanwhile = { name: 'shop', services: [{ ...stored?.services[0], headroom: 0.3 }] };
    await client.call(routes.templateCreate, { body: JSON.stringify(meanwhile) });
    await page.getByRole('button', { name: 'Store version 2' }).click();
    await page.getByText('There is a version 2 already').waitFor({ timeout: PATIENCE_MS });
    expect(await page.getByLabel('Headroom over demand').inputValue()).toBe('20');
    await take(page, 'template-overtaken.en');
    await page.getByRole('button', { name: 'Go on: make mine version 3' }).click();
    await page.getByRole('button', { name: 'Store version 3' }).click();
    await page.getByRole('heading', { name: 'shop, version 3' }).waitFor({ timeout: PATIENCE_MS });
    const [newest] = (await client.call(routes.templateList, { query: {} })).items;
    expect(newest).toMatchObject({ version: 3, services: [{ headroom: 0.2 }] });
    const other = await pages.signedIn(CHINESE);
    await pages.show(other.page, `/templates/${newest?.id}/edit`);
    await take(other.page, 'template-edit.zh');
    await judge(other.page);
  }, 240_000);

  it('declares an entrance, sends its traffic home, and shows what is live', async () => {
    const { providerId: provider, settings } = stage.traffic;
    await client.call(routes.accountRegister, { body: { name: 'proxy', provider, settings, secret: {} } });
    const { page } = await pages.signedIn(ENGLISH);
    await pages.show(page, '/routes');
    await page.getByRole('link', { name: 'Declare an entrance' }).click();
    await choose(page, 'Cloud account', 'proxy');
    await choose(page, 'Entrance', 'storefront');
    expect(await page.getByLabel('Service').inputValue()).toBe('storefront');
    const [standing] = clouds.standing;
    await page.getByLabel('Name', { exact: true }).fill(standing?.id ?? '');
    await page.getByLabel('Port').fill('many');
    await page.getByLabel('Machine type').fill(standing?.machineType ?? '');
    await page.getByRole('button', { name: 'Declare and send traffic home' }).click();
    await page.getByText('Nothing was sent. Fields to correct: 2.').waitFor({ timeout: PATIENCE_MS });
    await take(page, 'entrance-wrong.en');
    await judge(page);
    await page.getByLabel('Port').fill(String(port));
    await page.getByLabel('Address').fill(standing?.address ?? '');
    await page.getByRole('button', { name: 'Declare and send traffic home' }).click();
    await page.locator('.badge', { hasText: 'Serving' }).waitFor({ timeout: PATIENCE_MS });
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('1 of 1').waitFor({ timeout: PATIENCE_MS });
    await take(page, 'entrance.en');
    await judge(page);
    await page.getByRole('link', { name: 'Entrances' }).click();
    await page.getByText('home 100% (1 of 1 healthy)').waitFor({ timeout: PATIENCE_MS });
    const other = await pages.signedIn(CHINESE);
    await pages.show(other.page, '/routes');
    await other.page.getByText('1 台中 1 台健康').waitFor({ timeout: PATIENCE_MS });
    await take(other.page, 'entrances.zh');
    await judge(other.page);
  }, 240_000);

  it('says to those who may only read why buttons are off', async () => {
    const { token } = await stage.tenant.user(['read-only'], 'A reader');
    const { page } = await pages.signedIn(ENGLISH, token);
    for (const [path, button, permission] of [
      ['/accounts', 'Register an account', 'account:write'],
      ['/templates', 'New template', 'template:write'],
      ['/routes', 'Declare an entrance', 'route:write'],
    ] as const) {
      await pages.show(page, path);
      await page.getByText(`your roles lack ${permission}`).waitFor({ timeout: PATIENCE_MS });
      expect(await page.getByRole('button', { name: button }).isDisabled()).toBe(true);
    }
    await take(page, 'read-only.en');
  }, 120_000);
});

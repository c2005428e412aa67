import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { routes, type ClusterBody } from '@springtide/contracts';
import type { Browser } from 'playwright-core';
import {
  openPage,
  seriousFindings,
  startBrowser,
  type Look,
  type OpenPage,
} from '../yard/browser/browser-session.js';
import { obtainChromium } from '../yard/browser/obtain-chromium.js';
import { leastUser, tokenKubeconfig } from '../yard/kubernetes/cluster-account.js';
import { until } from '../yard/kubernetes/cluster-admin.js';
import { controlPlaneAvailable } from '../yard/kubernetes/control-plane-binary.js';
import { startKubernetesYard, type KubernetesYard } from '../yard/kubernetes/kubernetes-yard.js';
import { projectRoot, yardLane } from '../yard/tools/lane.js';
import { consoleStage, type ConsoleStage } from './console/console-stage.js';

const executable = await obtainChromium();
const state = await controlPlaneAvailable();
const lanes = [
  yardLane('chromium (clusters)', executable !== undefined, 'no Chromium is installed'),
  yardLane('clusters in the console', state.available, state.available ? undefined : state.reason),
];
const suite = lanes.every(Boolean) ? describe : describe.skip;
const screens = join(projectRoot(), 'var', 'screens');

suite('clusters in the console', () => {
  let yard: KubernetesYard;
  let stage: ConsoleStage;
  let browser: Browser;
  let cluster: ClusterBody;
  const open: OpenPage[] = [];

  beforeAll(async () => {
    mkdirSync(screens, { recursive: true });
    yard = await startKubernetesYard({ nodes: 3 });
    await yard.admin.kubectl(['create', 'namespace', 'shop']);
    stage = await consoleStage([new URL(yard.url).host]);
    browser = await startBrowser(executable ?? '');
    const client = stage.client(stage.tenant.adminToken);
    const kubeconfig = tokenKubeconfig(yard.url, yard.caPem, await leastUser(yard.admin));
    cluster = await client.call(routes.clusterRegister, { body: { name: 'shop-cluster', kubeconfig } });
    const spec = {
      namespace: 'shop',
      name: 'recommendations',
      image: 'registry.example/recommendations:1.0',
      replicas: 3,
      cpuMillis: 100,
      memoryMiB: 128,
    };
    await client.call(routes.workloadApply, { body: { clusterId: cluster.id, spec } });
  }, 240_000);
  afterEach(async () => {
    for (const page of open.splice(0)) await page.close();
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.stop();
    await yard?.stop();
  }, 60_000);

  async function signedIn(look: Look, token: string): Promise<OpenPage> {
    const opened = await openPage(browser, look);
    open.push(opened);
    await opened.page.goto(`${stage.url}/clusters`);
    await opened.page.locator('#token').fill(token);
    await opened.page.locator('button[type=submit]').click();
    await opened.page.getByRole('link', { name: 'shop-cluster' }).click();
    return opened;
  }

  const readyReplicas = async () =>
    await yard.admin.kubectl([
      ...['get', 'deployment', 'recommendations', '-n', 'shop'],
      ...['-o', 'jsonpath={.status.readyReplicas}'],
    ]);

  it('shows nodes and workloads, and scales for those who may', async () => {
    const { page, errors } = await signedIn({ language: 'en-US', scheme: 'light' }, stage.tenant.adminToken);
    await page.getByText('3 of 3').waitFor({ timeout: 20_000 });
    await page.getByText('node-2').waitFor();
    await page.screenshot({ path: join(screens, 'cluster.png'), fullPage: true });
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Scale recommendations' }).click();
    await page.getByLabel('Replicas').fill('5');
    await page.getByRole('dialog').getByRole('button', { name: 'Scale', exact: true }).click();
    await page.getByText('5 of 5').waitFor({ timeout: 20_000 });
    await until('kubectl sees them too', 10_000, async () => (await readyReplicas()) === '5');
    expect(errors).toEqual([]);
  }, 90_000);

  it('lets those read who may only read, in their own language', async () => {
    const { token } = await stage.tenant.user(['read-only'], 'Guest');
    const { page } = await signedIn({ language: 'zh-CN', scheme: 'dark' }, token);
    await page.getByRole('heading', { name: '工作负载' }).waitFor();
    await page.getByText('shop/recommendations').waitFor();
    await page.getByText('node-2').waitFor();
    expect(await page.getByRole('button', { name: /伸缩/ }).count()).toBe(0);
    await page.screenshot({ path: join(screens, 'cluster-zh-dark.png'), fullPage: true });
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);
});

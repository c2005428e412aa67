import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { routes } from '@springtide/contracts';
import { closed, expectEverythingBack, planApproveArm, problemOf, runUntil } from './campaign-story.js';
import { historiesOf } from '../workflows/engine-history.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(120_000);

const canary = `canary-${randomBytes(12).toString('hex')}`;
/** Never right, and sent along the ways that fail. */
const wrong = `wrong-${canary}`;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ publicSecret: canary });
}, 120_000);
afterAll(async () => await stage.stop());

describe('the secret of a cloud account', () => {
  it('is nowhere after a campaign and after failures', async () => {
    await fail();
    const armed = await planApproveArm(stage, 'canary');
    await runUntil(stage, armed.run.id, 'machines run', (run) => run.pools.some((pool) => pool.running > 0));
    const params = { id: armed.run.id };
    await stage.operations.call(routes.runCommand, {
      params,
      body: { command: 'abort', reason: 'seen enough' },
    });
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(stage, armed);
    await readEverything(armed.campaign.id);

    const places = {
      tables: await allRows(),
      histories: await allHistories(),
      logs: await stage.logs(),
      answers: stage.answers(),
      metrics: await (await fetch(`${stage.apiUrl}/metrics`)).text(),
    };
    // What is certainly there is found, so that finding nothing means something.
    const known = {
      tables: 'sold twice',
      histories: armed.run.id,
      logs: 'the worker takes work',
      answers: 'seen enough',
    };
    for (const [place, text] of Object.entries(known))
      expect([place, places[place as keyof typeof known].includes(text)]).toEqual([place, true]);
    for (const [place, text] of Object.entries(places)) {
      for (const form of [canary, encodeURIComponent(canary), Buffer.from(canary).toString('hex')])
        expect([place, text.includes(form)]).toEqual([place, false]);
    }
  });
});

/** A wrong secret, one in the wrong place, a cloud that is not there, and a change that is refused. */
async function fail(): Promise<void> {
  const register = async (name: string, settings: object, secret: object) =>
    await stage.admin.call(routes.accountRegister, {
      body: { name, provider: 'simulated', settings: { ...settings }, secret: { ...secret } },
    });
  const keys = { accessKey: 'public-access-key', secretKey: wrong };
  const refused = await register('sold twice', { endpoint: stage.clouds.endpointOf('cloud') }, keys);
  expect([refused.status, refused.health?.code]).toEqual(['unverified', 'unauthenticated']);
  await stage.admin.call(routes.accountVerify, { params: { id: refused.id } });
  const absent = await register('nobody', { endpoint: 'http://127.0.0.1:9' }, keys);
  expect(absent.status).not.toBe('healthy');
  const odd = register(
    'odd',
    { endpoint: stage.clouds.endpointOf('cloud') },
    { ...keys, [wrong]: wrong, accessKey: 7 },
  );
  expect((await problemOf(odd)).code).toBe('invalid-argument');
  const twice = register('sold twice', { endpoint: stage.clouds.endpointOf('cloud') }, keys);
  expect((await problemOf(twice)).code).toBe('already-exists');
}

async function readEverything(id: string): Promise<void> {
  const { admin } = stage;
  await admin.call(routes.accountList);
  await admin.call(routes.campaignReport, { params: { id } });
  await admin.text(routes.campaignCost, { params: { id }, query: { format: 'csv' } });
  await admin.text(routes.auditExport);
  await admin.call(routes.machineList);
  await admin.call(routes.approvalList);
}

async function allRows(): Promise<string> {
  return await stage.database.database.systemWork('test', async (tx) => {
    const tables = await tx.query<{ tablename: string }[]>(
      `select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migration'`,
    );
    const rows: unknown[] = [];
    for (const { tablename } of tables) rows.push(await tx.query(`select * from "${tablename}"`));
    return JSON.stringify(rows);
  });
}

/** With what the engine keeps encoded opened. */
async function allHistories(): Promise<string> {
  const texts: string[] = [];
  for (const { json: text } of await historiesOf(stage.temporal, stage.temporalAddress, [''])) {
    const encoded = [...text.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, data = '']) => data);
    texts.push(text, ...encoded.map((data) => Buffer.from(data, 'base64').toString('utf8')));
  }
  return texts.join('\n');
}

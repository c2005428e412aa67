import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { ApprovalService, IdentityModule, TokenService, identitySchema } from '@springtide/identity';
import {
  Metrics,
  PlatformModule,
  Roles1760000000000,
  createEndpointGate,
  limiterSchema,
  localKeyRing,
  silentLogger,
  systemClock,
} from '@springtide/platform';
import { seedTenant, testDatabase } from '@springtide/testing';
import { AccountService, AccountSessions, AccountsModule, accountsSchema } from './index.js';
import { scriptedProvider } from './testing/scripted-provider.js';

it('the modules fit together, count calls, and end their sessions with the app', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-modules-'));
  const roles = { entities: [], migrations: [Roles1760000000000] };
  const db = await testDatabase([roles, limiterSchema, identitySchema, accountsSchema]);
  try {
    const { manifest, script } = scriptedProvider();
    script.accepts = 'right-password';
    const endpoint = 'http://127.0.0.1:1';
    const parts = {
      database: db.database,
      clock: systemClock,
      log: silentLogger,
      gate: createEndpointGate({ openHostPorts: ['127.0.0.1:1'], privateRanges: [] }),
      keyRing: await localKeyRing(join(folder, 'key')),
      metrics: new Metrics('spec'),
    };
    const app = await Test.createTestingModule({
      imports: [
        PlatformModule.of(parts),
        IdentityModule,
        AccountsModule.with(new Map([[manifest.id, manifest]])),
      ],
    }).compile();
    const tenant = await seedTenant(db.database);
    const ctx = await app.get(TokenService).authenticate(tenant.adminToken);
    const account = await app.get(AccountService).register(ctx, {
      name: 'one',
      provider: 'scripted',
      settings: { endpoint },
      secret: { user: 'svc', password: 'right-password' },
    });
    expect(account.status).toBe('healthy');
    expect(app.get(ApprovalService)).toBeInstanceOf(ApprovalService);
    expect((await parts.metrics.text()).body).toMatch(/cloud_call_seconds_count\{.*operation="verify".*\} 1/);
    await app.close();
    expect(script.log).toEqual(['connect', 'close']);
    await expect(app.get(AccountSessions).open(tenant.tenantId, account.id)).rejects.toThrow(/is ending/);
  } finally {
    await db.drop();
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

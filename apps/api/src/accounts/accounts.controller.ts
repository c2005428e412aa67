import { Controller, Inject } from '@nestjs/common';
import { AccountService } from '@springtide/accounts';
import { routes, type ProviderBody } from '@springtide/contracts';
import type { Capability, ProviderManifest } from '@springtide/provider-kit';
import { z } from 'zod';
import { cutPage, decodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';

/** The providers of this installation, by id. */
export const PROVIDERS = Symbol('Providers');

@Controller()
export class AccountsController {
  constructor(
    private readonly accounts: AccountService,
    @Inject(PROVIDERS) private readonly providers: { values(): Iterable<ProviderManifest> },
  ) {}

  @Handle(routes.providerList)
  async listProviders(_request: Parsed<typeof routes.providerList>) {
    return await Promise.resolve({ items: [...this.providers.values()].map(providerBody) });
  }

  @Handle(routes.accountRegister)
  async register({ ctx, body }: Parsed<typeof routes.accountRegister>) {
    return await this.accounts.register(ctx, body);
  }

  @Handle(routes.accountList)
  async list({ ctx, query }: Parsed<typeof routes.accountList>) {
    const afterName = decodeCursor(query.cursor, z.string());
    const rows = await this.accounts.list(ctx, {
      limit: query.limit + 1,
      ...(afterName === undefined ? {} : { afterName }),
    });
    return cutPage(rows, query.limit, (account) => account.name);
  }

  @Handle(routes.accountGet)
  async get({ ctx, params }: Parsed<typeof routes.accountGet>) {
    return await this.accounts.get(ctx, params.id);
  }

  @Handle(routes.accountUpdate)
  async update({ ctx, params, version, body }: Parsed<typeof routes.accountUpdate>) {
    const { name, settings } = body;
    return await this.accounts.update(ctx, params.id, {
      version,
      ...(name === undefined ? {} : { name }),
      ...(settings === undefined ? {} : { settings }),
    });
  }

  @Handle(routes.accountRotate)
  async rotate({ ctx, params, version, body }: Parsed<typeof routes.accountRotate>) {
    return await this.accounts.update(ctx, params.id, { version, secret: body.secret });
  }

  @Handle(routes.accountVerify)
  async verify({ ctx, params }: Parsed<typeof routes.accountVerify>) {
    return await this.accounts.verify(ctx, params.id);
  }

  @Handle(routes.accountDisable)
  async disable({ ctx, params }: Parsed<typeof routes.accountDisable>) {
    return await this.accounts.disable(ctx, params.id);
  }

  @Handle(routes.accountEnable)
  async enable({ ctx, params }: Parsed<typeof routes.accountEnable>) {
    return await this.accounts.enable(ctx, params.id);
  }
}

function providerBody(manifest: ProviderManifest): ProviderBody {
  const { id, title, kind, settingsSchema, secretSchema, capabilities } = manifest;
  const named = Object.entries(capabilities).map(([name, capability]: [string, Capability]) => [
    name,
    { supported: capability.supported, reason: capability.supported ? null : capability.reason },
  ]);
  return {
    id,
    title,
    kind,
    settingsSchema: jsonSchema(settingsSchema),
    secretSchema: jsonSchema(secretSchema),
    capabilities: Object.fromEntries(named) as ProviderBody['capabilities'],
  };
}

/** As a person enters it: defaults may be left out. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) };
}

import { parseInstant, SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { z } from 'zod';
import type { OpenstackAccount } from './account.js';
import type { HttpConnection } from './http-connection.js';

export type ServiceType = 'compute' | 'image' | 'network' | 'placement' | 'volume';

const namedSchema = z.object({ id: z.string(), name: z.string() });
const tokenSchema = z.object({
  token: z.object({
    expires_at: z.string(),
    user: namedSchema,
    project: namedSchema.optional(),
    roles: z.array(namedSchema).default([]),
    catalog: z
      .array(
        z.object({
          type: z.string(),
          endpoints: z.array(
            z.object({
              interface: z.string(),
              region_id: z.string().nullish(),
              region: z.string().nullish(),
              url: z.string(),
            }),
          ),
        }),
      )
      .default([]),
  }),
});

export type Login = Readonly<{
  token: string;
  expiresAt: number;
  user: string;
  project: string;
  projectId: string;
  roles: readonly string[];
  catalog: z.infer<typeof tokenSchema>['token']['catalog'];
  /** The cloud's clock minus ours, as the answer's Date header has it. */
  clockSkewMs: number | undefined;
}>;

/** A token is not used in its last minute: a call that takes long would outlive it. */
const EXPIRY_MARGIN_MS = 60_000;
/** How the catalogs of ten years name one service. */
const TYPES: Readonly<Record<ServiceType, readonly string[]>> = {
  compute: ['compute'],
  image: ['image'],
  network: ['network'],
  placement: ['placement'],
  volume: ['block-storage', 'volumev3', 'volume'],
};
const VERSION_PATHS: Readonly<Record<ServiceType, string>> = {
  compute: '/v2.1',
  image: '/v2',
  network: '/v2.0',
  placement: '',
  volume: '',
};

/** Keystone: one token for all calls of a session, renewed when it ends or is refused, and the catalog that came with it. */
export class Identity {
  readonly #account: OpenstackAccount;
  readonly #http: HttpConnection;
  readonly #gate: ProviderContext['gate'];
  readonly #clock: Clock;
  #login: Promise<Login> | undefined;
  readonly #checked = new Set<string>();
  readonly #refused = new WeakSet<Login>();

  constructor(account: OpenstackAccount, http: HttpConnection, gate: ProviderContext['gate'], clock: Clock) {
    this.#account = account;
    this.#http = http;
    this.#gate = gate;
    this.#clock = clock;
  }

  /** @throws unauthenticated. */
  async login(deadline: Instant): Promise<Login> {
    const known = this.#login;
    if (known !== undefined) {
      const login = await known.catch(() => undefined);
      if (login !== undefined && this.#holds(login)) return login;
      if (this.#login === known) this.#login = undefined;
    }
    this.#login ??= this.#authenticate(deadline);
    return this.#login;
  }

  /** A service would not take this token; the next call gets another one. */
  forget(login: Login): void {
    this.#refused.add(login);
  }

  /** Asks anew whatever is known, so that the answer tells the truth of this moment. */
  async freshLogin(deadline: Instant): Promise<Login> {
    this.#login = undefined;
    return this.login(deadline);
  }

  /**
   * Base address of a service in a region, without a slash at its end; undefined where the catalog has no such service.
   * @throws not-found for a region that the catalog does not know; permission-denied when the gate refuses the address.
   */
  async endpoint(service: ServiceType, region: string, deadline: Instant): Promise<string | undefined> {
    const { catalog } = await this.login(deadline);
    const regions = regionsOf(catalog);
    if (!regions.includes(region)) {
      throw new SpringtideError(
        'not-found',
        `this OpenStack has no region "${region}" but ${regions.join(', ')}`,
        {
          effect: 'none',
        },
      );
    }
    const url = catalog
      .toSorted((a, b) => TYPES[service].indexOf(a.type) - TYPES[service].indexOf(b.type))
      .filter(({ type }) => TYPES[service].includes(type))
      .flatMap(({ endpoints }) => endpoints)
      .find((each) => each.interface === this.#account.interface && regionOf(each) === region)?.url;
    if (url === undefined) return undefined;
    if (!this.#checked.has(url)) await this.#gate.check(url);
    this.#checked.add(url);
    return withVersion(url, service);
  }

  #holds(login: Login): boolean {
    return !this.#refused.has(login) && login.expiresAt - EXPIRY_MARGIN_MS > this.#clock.now().getTime();
  }

  async #authenticate(deadline: Instant): Promise<Login> {
    const asked = this.#clock.now().getTime();
    const answer = await this.#http.send({
      method: 'POST',
      url: `${identityRoot(this.#account.url)}/auth/tokens`,
      headers: {},
      body: { auth: credentials(this.#account) },
      deadline,
      doing: 'the login',
      mutates: false,
    });
    const middle = (asked + this.#clock.now().getTime()) / 2;
    const { token } = tokenSchema.parse(answer.body);
    const theirs = Date.parse(answer.header('date'));
    return {
      token: answer.header('x-subject-token'),
      expiresAt: parseInstant(token.expires_at).getTime(),
      user: token.user.name,
      project: token.project?.name ?? '',
      projectId: token.project?.id ?? '',
      roles: token.roles.map(({ name }) => name),
      catalog: token.catalog,
      // A Date header has whole seconds: half of one is the best guess.
      clockSkewMs: Number.isNaN(theirs) ? undefined : Math.round(theirs + 500 - middle),
    };
  }
}

export function regionsOf(catalog: Login['catalog']): readonly string[] {
  const compute = catalog.filter(({ type }) => type === 'compute').flatMap(({ endpoints }) => endpoints);
  return [...new Set(compute.map(regionOf))].filter((region) => region !== '').toSorted();
}

export function identityRoot(url: string): string {
  const plain = url.replace(/\/+$/, '');
  return plain.endsWith('/v3') ? plain : `${plain}/v3`;
}

function regionOf(endpoint: {
  region_id?: string | null | undefined;
  region?: string | null | undefined;
}): string {
  return endpoint.region_id ?? endpoint.region ?? '';
}

/** Catalogs name services with and without the version; a project's id after it is kept. */
function withVersion(url: string, service: ServiceType): string {
  const plain = url.replace(/\/+$/, '');
  const path = VERSION_PATHS[service];
  return path === '' || /\/v\d+(\.\d+)?(\/|$)/.test(plain) ? plain : `${plain}${path}`;
}

function credentials(account: OpenstackAccount): unknown {
  const { applicationCredentialId, user, userDomain, project, projectDomain, password } = account;
  if (applicationCredentialId !== undefined) {
    return {
      identity: {
        methods: ['application_credential'],
        application_credential: { id: applicationCredentialId, secret: password },
      },
    };
  }
  return {
    identity: {
      methods: ['password'],
      password: { user: { name: user, domain: { name: userDomain }, password } },
    },
    scope: { project: { name: project, domain: { name: projectDomain } } },
  };
}

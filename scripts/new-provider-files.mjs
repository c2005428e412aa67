// What a new provider's folder begins with. It compiles, says honestly that nothing is supported yet, and has a
// place for everything that the conformance suite asks for.

/** Path inside the folder → text. `name` is the id as a type name, e.g. `open-stack` → `OpenStack`. */
export function filesOf(id, name) {
  return {
    'README.md': readme(id),
    'index.ts': `export { manifest } from './manifest.js';\n`,
    'account.ts': account(name),
    'error-map.ts': errorMap(id),
    'manifest.ts': manifest(id, name),
    'mapping.ts': mapping(id, name),
    [`${id}.conformance.spec.ts`]: conformance(),
    [`${id}.port.ts`]: port(id, name),
    [`${id}-session.ts`]: session(id, name),
    'testing/harness.ts': harness(id),
  };
}

const readme = (id) => `# ${id}

One folder, one cloud. Adding it touches this folder, the generated registry and package.json (for an SDK), nothing else;
its column in docs/provider-matrix.md is written by the next whole \`npm test\`.

| file | what belongs there |
|---|---|
| \`manifest.ts\` | what the cloud can and cannot, with reasons; limits; call budgets in the cloud's own terms |
| \`account.ts\` | what a user enters; secrets apart |
| \`${id}.port.ts\` | the narrow way to the SDK or the wire; SDK retries are switched off |
| \`error-map.ts\` | the one table of vendor codes; what is missing is \`unknown\` and may have happened |
| \`mapping.ts\` | pure functions between the vendor's words and ours |
| \`${id}-session.ts\` | one account: verify, and a facet per kind of thing the cloud offers: \`compute\`, \`network\`, \`images\`, \`resources\`, \`clusters\`, \`traffic\`; what is left out is \`unsupported\` |
| \`${id}.conformance.spec.ts\` | runs the rules, which are in libs/provider-kit/conformance/RULES.md |
| \`testing/harness.ts\` | a service to run them against, what a test may do behind its back, and what stands behind its wire |

## Permissions

Name every permission that an account needs, and what for. \`verify\` tries each of them.

## Quirks

Name what this cloud does differently from its documentation, and how it was found out.
`;

const account = (name) => `import { z } from 'zod';

export const settingsSchema = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).describe('Address of the cloud’s API'),
});

export const secretSchema = z.strictObject({
  accessKey: z.string().min(1),
  secretKey: z.string().min(1),
});

export const accountSchema = z.strictObject({ settings: settingsSchema, secret: secretSchema });

export type ${name}Account = z.output<typeof accountSchema>;
`;

const errorMap = (id) => `import { SpringtideError, type ErrorCode } from '@springtide/kernel';

/** The vendor's codes. What is missing here is \`unknown\` and may have happened. */
const CODES: Readonly<Record<string, ErrorCode>> = {};

export function errorOfCode(code: string, message: string): SpringtideError {
  return new SpringtideError(CODES[code] ?? 'unknown', \`${id} says \${code}: \${message}\`);
}
`;

const manifest = (id, name) => `import type { ProviderManifest } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type ${name}Account } from './account.js';
import { unwrittenPort } from './${id}.port.js';
import { ${name}Session } from './${id}-session.js';

const notYet = { supported: false, reason: 'the ${id} provider does not do this yet' } as const;

export const manifest: ProviderManifest<${name}Account> = {
  id: '${id}',
  title: '${id}',
  kind: 'public-cloud',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: ({ settings }) => [settings.endpoint],
  capabilities: {
    idempotencyToken: notYet,
    batchLaunch: notYet,
    partialLaunch: notYet,
    timeToLive: notYet,
    spot: notYet,
    stockSignal: notYet,
    quotaSignal: notYet,
    changeFeed: notYet,
    managedClusters: notYet,
    machineSnapshots: notYet,
  },
  limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 60_000, bootMs: 60_000 },
  // What the cloud publishes; finer budgets per operation are described in libs/provider-kit/contract/rates.ts.
  rates: { read: { burst: 10, perSecond: 5 }, mutate: { burst: 5, perSecond: 1 } },
  connect: async () => new ${name}Session(unwrittenPort),
};
`;

const mapping = (id, name) => `import type { AccountReport } from '@springtide/provider-kit';
import type { ${name}Identity } from './${id}.port.js';

export function reportOf(identity: ${name}Identity): AccountReport {
  return { identity: identity.user, regions: identity.regions, permissions: [], product: identity.product };
}
`;

const port = (id, name) => `import { SpringtideError } from '@springtide/kernel';

export type ${name}Identity = Readonly<{ user: string; product: string; regions: readonly string[] }>;

/** What an answer with an error looks like before it is one of ours. */
export class ${name}Fault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The narrow way to the cloud: one method per call that is really used. @throws ${name}Fault. */
export interface ${name}Port {
  whoAmI(): Promise<${name}Identity>;
  close(): Promise<void>;
}

export const unwrittenPort: ${name}Port = {
  whoAmI: async () => {
    throw new SpringtideError('unsupported', 'the ${id} provider does not speak to its cloud yet; nothing was sent');
  },
  close: async () => undefined,
};
`;

const session = (id, name) => `import type { AccountReport, ProviderSession } from '@springtide/provider-kit';
import { errorOfCode } from './error-map.js';
import { reportOf } from './mapping.js';
import { ${name}Fault, type ${name}Port } from './${id}.port.js';

/** Has no facet yet, so that every client says \`unsupported\` before anything is sent. */
export class ${name}Session implements ProviderSession {
  readonly #port: ${name}Port;

  constructor(port: ${name}Port) {
    this.#port = port;
  }

  async verify(): Promise<AccountReport> {
    try {
      return reportOf(await this.#port.whoAmI());
    } catch (thrown) {
      throw thrown instanceof ${name}Fault ? errorOfCode(thrown.code, thrown.message) : thrown;
    }
  }

  async close(): Promise<void> {
    await this.#port.close();
  }
}
`;

const conformance = () => `import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { harness } from './testing/harness.js';

describeProviderConformance(harness);
`;

const harness = (id) => `import { SpringtideError } from '@springtide/kernel';
import type { ConformanceHarness } from '@springtide/provider-kit/conformance';
import { manifest } from '../manifest.js';

/**
 * Begin with an account, a region, a sample and the clock; the rules then name each control that they miss. A control that
 * the service cannot have goes into \`withheld\`, a rule that it cannot be held to into \`waived\`, each with the reason.
 */
export const harness: ConformanceHarness = {
  name: '${id}',
  manifest,
  evidence: { engine: 'nothing yet', nature: 'our reading' },
  unavailable: 'the ${id} provider does not speak to its cloud yet',
  withheld: {},
  waived: {},
  setUp: async () => {
    throw new SpringtideError('unsupported', 'there is no ${id} to run the rules against yet');
  },
};
`;

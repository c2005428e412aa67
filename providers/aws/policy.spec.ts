import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;
const SERVICES: Readonly<Record<string, string>> = {
  'client-cloudtrail': 'cloudtrail',
  'client-ec2': 'ec2',
  'client-eks': 'eks',
  'client-elastic-load-balancing-v2': 'elasticloadbalancing',
  'client-pricing': 'pricing',
  'client-route-53': 'route53',
  'client-service-quotas': 'servicequotas',
  'client-sts': 'sts',
};

/** Rights that no call of ours names, each needed by one that does. */
const COMPANIONS: Readonly<Record<string, string>> = {
  'ec2:CreateTags': 'tags in the create call itself',
  'eks:TagResource': 'tags in the create call itself',
  'iam:PassRole': 'the roles that a cluster and its nodes work under',
};

type Statement = Readonly<{ Action: string | readonly string[] }>;

async function policyText(): Promise<string> {
  return readFile(join(FOLDER, 'least-privilege-policy.json'), 'utf8');
}

async function grantedActions(): Promise<readonly string[]> {
  const { Statement } = JSON.parse(await policyText()) as { Statement: readonly Statement[] };
  return [...new Set(Statement.flatMap(({ Action }) => Action))].toSorted();
}

/** `service:Action` of every command that a file of the provider imports from the SDK. */
async function sentActions(): Promise<readonly string[]> {
  const files = await readdir(FOLDER, { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  const actions = new Set<string>();
  for (const file of sources) {
    const text = await readFile(join(FOLDER, file), 'utf8');
    for (const [, names = '', client = ''] of text.matchAll(
      /import \{([^}]*)\} from '@aws-sdk\/([\w-]+)'/g,
    )) {
      for (const [, name = ''] of names.matchAll(/\b(\w+)Command\b/g)) {
        actions.add(`${SERVICES[client] ?? client}:${name}`);
      }
    }
  }
  // Everybody may ask who they are.
  actions.delete('sts:GetCallerIdentity');
  return [...actions].toSorted();
}

describe('the least-privilege policy', () => {
  it('is the one that README shows', async () => {
    const readme = await readFile(join(FOLDER, 'README.md'), 'utf8');
    const shown = /```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(JSON.parse(shown)).toEqual(JSON.parse(await policyText()));
  });

  it('grants every call that the provider can send, and nothing else', async () => {
    const granted = await grantedActions();
    const sent = await sentActions();
    expect(sent.length).toBeGreaterThan(30);
    expect(granted.filter((action) => !(action in COMPANIONS))).toEqual(sent);
  });
});

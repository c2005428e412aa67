import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../tools/lane.js';
import type { Upstream } from './upstream.js';

/** A policy document of IAM, as far as the yard reads it. */
export type PolicyDocument = Readonly<{
  Version: string;
  Statement: readonly Readonly<{
    Sid: string;
    Effect: 'Allow';
    Action: string | readonly string[];
    Resource: string | readonly string[];
    Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }>[];
}>;

export type CallerKey = Readonly<{ accessKeyId: string; secretAccessKey: string }>;

/** Who calls, by their name: the one that the policy binds, and somebody else who may do everything. */
export type Callers = Readonly<{ springtide: CallerKey; colleague: CallerKey }>;

const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** The policy that the provider's README tells people to give it. */
export async function publishedPolicy(): Promise<PolicyDocument> {
  const file = join(projectRoot(), 'providers', 'aws', 'least-privilege-policy.json');
  return JSON.parse(await readFile(file, 'utf8')) as PolicyDocument;
}

/**
 * Makes users in the emulator's IAM, the yard's own and its callers, and has every call judged from then on: signature and
 * action, by the emulator.
 */
export async function enforceRights(upstream: Upstream, policy: PolicyDocument): Promise<Callers> {
  // The same keys after every reset.
  await upstream.control('/moto-api/seed?a=20261112');
  const yard = await createUser(upstream, 'yard', EVERYTHING);
  const springtide = await createUser(upstream, 'springtide', policy);
  const colleague = await createUser(upstream, 'colleague', EVERYTHING);
  upstream.guard({
    yard: { accessKeyId: yard.accessKeyId, secret: yard.secretAccessKey },
    callers: new Map([springtide, colleague].map((key) => [key.accessKeyId, key.secretAccessKey])),
  });
  await upstream.control(`/moto-api/seed?a=${Date.now()}`);
  await upstream.control('/moto-api/reset-auth', '0');
  return { springtide, colleague };
}

/** Back to an emulator that asks nobody, as it is after its start. */
export async function dropRights(upstream: Upstream): Promise<void> {
  upstream.unguard();
  await upstream.control('/moto-api/reset-auth', 'inf');
}

/** For calls that the front answers itself: whether any statement names the action. */
export function allows(policy: PolicyDocument, action: string): boolean {
  return policy.Statement.some(({ Action }) => [Action].flat().some((each) => matches(each, action)));
}

async function createUser(upstream: Upstream, name: string, policy: PolicyDocument): Promise<CallerKey> {
  const iam = (params: Record<string, string>) => upstream.query('iam', 'us-east-1', params);
  await iam({ Action: 'CreateUser', UserName: name });
  await iam({
    Action: 'PutUserPolicy',
    UserName: name,
    PolicyName: 'own',
    PolicyDocument: JSON.stringify(actionsOf(policy)),
  });
  const made = await iam({ Action: 'CreateAccessKey', UserName: name });
  const key = made.at('CreateAccessKeyResult', 'AccessKey');
  return {
    accessKeyId: key?.textAt('AccessKeyId') ?? '',
    secretAccessKey: key?.textAt('SecretAccessKey') ?? '',
  };
}

/** The emulator knows no resources of EC2 and no conditions but those of trust: a statement with them would deny. */
function actionsOf(policy: PolicyDocument): PolicyDocument {
  return {
    ...policy,
    Statement: policy.Statement.map(({ Sid, Effect, Action }) => ({ Sid, Effect, Action, Resource: '*' })),
  };
}

function matches(pattern: string, action: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(action);
}

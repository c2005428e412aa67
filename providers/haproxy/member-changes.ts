import { shareWeights, type RouteMember, type WeighedMember } from '@springtide/provider-kit';
import type { HaproxyAccount } from './account.js';
import type { RuntimeConnection } from './runtime-connection.js';
import { serverName } from './server-names.js';
import type { ServerRow } from './server-table.js';

/** The largest weight of a server in HAProxy. */
const MOST_WEIGHT = 256;

type Checks = Pick<HaproxyAccount, 'checkIntervalMs' | 'checkRise' | 'checkFall'>;

/** What a change of one backend needs: its name, the open conversation, and how long it may still take. */
export type BackendChange = Readonly<{
  connection: RuntimeConnection;
  backend: string;
  leftMs: () => number;
}>;

/** Adds the members that are missing, brings back those that drained, and moves those whose address changed. */
export async function bringIn(
  change: BackendChange,
  group: string,
  members: readonly RouteMember[],
  rows: readonly ServerRow[],
  checks: Checks,
): Promise<void> {
  const known = new Map(rows.map((row) => [row.name, row]));
  for (const member of members) {
    const row = known.get(serverName(group, member.id));
    if (row === undefined) await addServer(change, group, member, checks);
    else await revive(change, member, row);
  }
}

/** No new requests from here on; running ones end in peace. */
export async function drainServers(change: BackendChange, rows: readonly ServerRow[]): Promise<void> {
  for (const row of rows) await set(change, row.name, 'state drain');
}

/** Sets the weights that differ from what is live, raises first, so that the sum never passes through zero. */
export async function applyShares(
  change: BackendChange,
  rows: readonly ServerRow[],
  shares: Readonly<Record<string, number>>,
): Promise<void> {
  const target = shareWeights(weighed(rows), shares, MOST_WEIGHT);
  const changes = rows
    .filter((row) => !row.draining)
    .map((row) => ({ name: row.name, from: row.weight, to: target.get(row.name) ?? 0 }))
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => b.to - b.from - (a.to - a.from));
  for (const { name, to } of changes) await set(change, name, `weight ${to}`);
}

/** Deletes what has drained. A server with running requests stays for the next time. */
export async function removeIdle(change: BackendChange, rows: readonly ServerRow[]): Promise<void> {
  for (const row of rows) {
    if (!row.draining || row.activeConnections > 0) continue;
    if (!row.inMaintenance) await set(change, row.name, 'state maint');
    const command = `del server ${change.backend}/${row.name}`;
    await tolerating(['conflict', 'unsupported', 'not-found'], async () =>
      change.connection.change(command, change.leftMs(), /^Server deleted/),
    );
  }
}

export function weighed(rows: readonly ServerRow[]): readonly WeighedMember[] {
  return rows.filter((row) => !row.draining);
}

/**
 * In this order no request meets a server that was never checked: weight 0 until its health has been set to down,
 * from where only HAProxy's own check brings it up.
 */
async function addServer(
  change: BackendChange,
  group: string,
  member: RouteMember,
  checks: Checks,
): Promise<void> {
  const name = serverName(group, member.id);
  const host = member.address.includes(':') ? `[${member.address}]` : member.address;
  const check = `check inter ${checks.checkIntervalMs}ms rise ${checks.checkRise} fall ${checks.checkFall}`;
  await change.connection.change(
    `add server ${change.backend}/${name} ${host}:${member.port} ${check} weight 0`,
    change.leftMs(),
    /^New server registered/,
  );
  for (const command of ['enable health', 'enable server']) {
    await change.connection.change(`${command} ${change.backend}/${name}`, change.leftMs());
  }
  await set(change, name, 'health down');
}

async function revive(change: BackendChange, member: RouteMember, row: ServerRow): Promise<void> {
  const moved = row.address !== member.address || row.port !== member.port;
  if (moved) {
    await set(change, row.name, `addr ${member.address} port ${member.port}`, /./);
    await set(change, row.name, 'health down');
  }
  if (!row.draining) return;
  await set(change, row.name, 'weight 0');
  await set(change, row.name, 'state ready');
}

async function set(
  change: BackendChange,
  server: string,
  what: string,
  confirms: RegExp = /^$/,
): Promise<void> {
  await change.connection.change(`set server ${change.backend}/${server} ${what}`, change.leftMs(), confirms);
}

async function tolerating(codes: readonly string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!codes.includes((thrown as { code?: string }).code ?? '')) throw thrown;
  }
}

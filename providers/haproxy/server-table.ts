import { SpringtideError } from '@springtide/kernel';
import { parseServerName } from './server-names.js';
import type { RuntimeConnection } from './runtime-connection.js';

/** One server of a backend, as HAProxy reports it. */
export type ServerRow = Readonly<{
  name: string;
  group: string;
  memberId: string;
  address: string;
  port: number;
  weight: number;
  /** Checked and able to take requests. */
  healthy: boolean;
  /** Takes no new requests by order: draining, or already in maintenance. */
  draining: boolean;
  inMaintenance: boolean;
  activeConnections: number;
  requests: number;
  errors: number;
  /** From the request until its answer began, on average of the latest 1,024; undefined before the first. */
  answerMs: number | undefined;
}>;

/** Bits of `srv_admin_state`: forced, inherited, configured or resolver maintenance; forced or inherited drain. */
const MAINTENANCE = 0x01 | 0x02 | 0x04 | 0x20;
const DRAIN = 0x08 | 0x10;
const RUNNING = '2';

/**
 * Every server of the backend.
 * @throws not-found without such a backend; failed-precondition when it holds servers that Springtide did not name:
 * their weight would falsify every share.
 */
export async function readServers(
  connection: RuntimeConnection,
  backend: string,
  timeoutMs: number,
): Promise<readonly ServerRow[]> {
  const states = parseTable(await connection.query(`show servers state ${backend}`, timeoutMs), ' ');
  const stats = parseTable(await connection.query(`show stat ${backend} 4 -1`, timeoutMs), ',');
  const statByName = new Map(stats.map((row) => [row.get('svname') ?? '', row]));
  return states.map((state) => toServerRow(backend, state, statByName.get(state.get('srv_name') ?? '')));
}

type Row = ReadonlyMap<string, string>;

function toServerRow(backend: string, state: Row, stat: Row = new Map()): ServerRow {
  const name = state.get('srv_name') ?? '';
  const identity = parseServerName(name);
  if (identity === undefined) {
    throw new SpringtideError(
      'failed-precondition',
      `backend "${backend}" holds the server "${name}", which Springtide did not add: no share of this route can be true`,
      {
        nextStep: `Name it <group>:<id> in HAProxy, or give Springtide a backend of its own.`,
        facts: { backend, server: name },
      },
    );
  }
  const admin = count(state, 'srv_admin_state');
  const inMaintenance = (admin & MAINTENANCE) !== 0;
  const answers = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'];
  const failed = count(stat, 'econ') + count(stat, 'eresp');
  const answered = answers.reduce((sum, column) => sum + count(stat, column), 0);
  return {
    name,
    ...identity,
    address: state.get('srv_addr') ?? '',
    port: count(state, 'srv_port'),
    weight: count(state, 'srv_uweight'),
    healthy: state.get('srv_op_state') === RUNNING && !inMaintenance,
    draining: inMaintenance || (admin & DRAIN) !== 0,
    inMaintenance,
    activeConnections: count(stat, 'scur') + count(stat, 'qcur'),
    requests: answered + failed,
    errors: count(stat, 'hrsp_5xx') + failed,
    answerMs: answered === 0 ? undefined : count(stat, 'qtime') + count(stat, 'ctime') + count(stat, 'rtime'),
  };
}

function count(row: Row, column: string): number {
  const value = Number(row.get(column) ?? '');
  return Number.isFinite(value) ? value : 0;
}

/** A table with its column names in a line that starts with `# `; what stands before it is a format version. */
function parseTable(text: string, separator: string): readonly Row[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const head = lines.findIndex((line) => line.startsWith('# '));
  const columns = (lines[head] ?? '').slice(2).split(separator);
  if (head < 0 || columns.length < 5) {
    throw new SpringtideError('unknown', 'HAProxy answered with a table that has no column names', {
      effect: 'none',
    });
  }
  return lines.slice(head + 1).map((line) => {
    const cells = line.split(separator);
    return new Map(columns.map((column, index) => [column, cells[index] ?? '']));
  });
}

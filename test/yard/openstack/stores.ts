import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { RunningProcess } from '../tools/process.js';
import { startService } from './start-service.js';
import { inYard, PASSWORD, type YardPlaces } from './yard-places.js';

const run = promisify(execFile);
const SQL_LIMIT_MS = 60_000;

export async function createDatabaseFiles(places: YardPlaces): Promise<void> {
  const options = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
  await run('/usr/bin/mariadb-install-db', [
    '--no-defaults',
    ...asThisUser(),
    `--datadir=${inYard(places, 'db')}`,
    ...options,
  ]);
}

/** MariaDB on the yard's folder; losing the last second of it in a crash costs nobody anything here. */
export async function startDatabase(places: YardPlaces): Promise<RunningProcess> {
  return startService({
    name: 'MariaDB',
    command: '/usr/sbin/mariadbd',
    args: [
      '--no-defaults',
      ...asThisUser(),
      `--datadir=${inYard(places, 'db')}`,
      `--socket=${socket(places)}`,
      '--bind-address=127.0.0.1',
      `--port=${places.ports.database}`,
      `--pid-file=${inYard(places, 'database.pid')}`,
      '--skip-log-bin',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-doublewrite=0',
      '--max-connections=300',
      '--innodb-buffer-pool-size=128M',
      '--innodb-log-file-size=16M',
      '--skip-name-resolve',
      '--performance-schema=OFF',
    ],
    ready: { port: places.ports.database },
    logFile: inYard(places, 'log', 'database.log'),
  });
}

export async function openDatabaseToServices(places: YardPlaces): Promise<void> {
  await sql(
    places,
    `create user if not exists root@'127.0.0.1'; grant all on *.* to root@'127.0.0.1' with grant option;
     alter user root@'127.0.0.1' identified by '${PASSWORD}'`,
  );
}

/** As the database's root over its socket, which has no password. */
export async function sql(places: YardPlaces, statements: string): Promise<string> {
  const { stdout } = await run(
    '/usr/bin/mariadb',
    ['--no-defaults', '-N', '-S', socket(places), '-uroot', '-e', statements],
    { timeout: SQL_LIMIT_MS, maxBuffer: 16 << 20 },
  );
  return stdout;
}

/** Broker and port mapper; the mapper is started here, so that the broker leaves no daemon of its own behind. */
export async function startQueue(places: YardPlaces): Promise<readonly RunningProcess[]> {
  const { queue, queueDistribution, portMapper } = places.ports;
  const settings = `listeners.tcp.1 = 127.0.0.1:${queue}\nlog.console = true\nvm_memory_high_watermark.absolute = 512MB\n`;
  await writeFile(inYard(places, 'etc', 'rabbitmq.conf'), settings);
  await writeFile(inYard(places, 'etc', 'enabled_plugins'), '[].');
  const mapper = await startService({
    name: 'Erlang port mapper',
    command: '/usr/bin/epmd',
    args: ['-address', '127.0.0.1', '-port', String(portMapper)],
    ready: { port: portMapper },
  });
  const broker = await startService({
    name: 'RabbitMQ',
    command: '/usr/lib/rabbitmq/bin/rabbitmq-server',
    env: {
      HOME: inYard(places, 'queue'),
      // Its start script then becomes the broker, instead of standing before it and missing our signals.
      RUNNING_UNDER_SYSTEMD: 'yes',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(portMapper),
      RABBITMQ_NODENAME: `yard${queue}@localhost`,
      RABBITMQ_DIST_PORT: String(queueDistribution),
      RABBITMQ_MNESIA_BASE: inYard(places, 'queue', 'mnesia'),
      RABBITMQ_LOG_BASE: inYard(places, 'log'),
      RABBITMQ_CONFIG_FILE: inYard(places, 'etc', 'rabbitmq'),
      RABBITMQ_ENABLED_PLUGINS_FILE: inYard(places, 'etc', 'enabled_plugins'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}',
    },
    ready: { port: queue },
    readyTimeoutMs: 90_000,
    logFile: inYard(places, 'log', 'queue.log'),
  });
  return [mapper, broker];
}

function socket(places: YardPlaces): string {
  return inYard(places, 'db.sock');
}

/** MariaDB refuses root unless it is named. */
function asThisUser(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

import { createClient, routes, type WhoAmI } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import { factsOf, tableOf } from '../output/render.js';
import { ContextStore, trimmed } from '../session/context-store.js';
import { flag, required, type CommandLine } from './command-line.js';

const LoginOptions = z.object({
  url: z.url(),
  name: z.string().default('default'),
  tokenFile: z.string().optional(),
});

export function addLoginCommands(program: Command, line: CommandLine): void {
  const { terminal } = line;
  line.verb(
    program,
    'login',
    'keep a server and a token for later commands; the token is read from SPRINGTIDE_TOKEN, a file, or standard input',
    {
      options: LoginOptions,
      flags: [
        required('--url <address>', 'address of the server'),
        flag('--name <context>', 'name to keep it under'),
        flag('--token-file <path>', 'file that holds the token; - for standard input'),
      ],
    },
    async ({ session, options }) => {
      const token = await readToken(line, options.tokenFile);
      const url = trimmed(options.url);
      const me = await createClient({ baseUrl: url, token, fetch: terminal.fetch }).call(routes.whoAmI);
      const store = new ContextStore(terminal);
      await store.save(options.name, { url, token });
      session.progress(`Signed in to ${url} as ${me.user.name}; kept as "${options.name}" in ${store.path}.`);
    },
  );
  line.verb(program, 'whoami', 'who the token speaks for, and what it may do', {}, async ({ session }) => {
    const me = await session.call(routes.whoAmI);
    session.print(me, () => [identityFacts(me)]);
  });
  addContextCommands(line.noun(program, 'context', 'servers kept by login'), line);
}

function identityFacts(me: WhoAmI) {
  return factsOf([
    ['User', me.user.name],
    ['User id', me.user.id],
    ['Tenant id', me.tenantId],
    ['May', me.permissions.join(', ')],
  ]);
}

function addContextCommands(noun: Command, line: CommandLine): void {
  const store = new ContextStore(line.terminal);
  line.verb(noun, 'list', 'servers that are kept', {}, async ({ session }) => {
    const { current, contexts } = await store.read();
    const rows = Object.entries(contexts).map(([name, { url }]) => ({
      name,
      url,
      current: name === current,
    }));
    session.print(rows, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['address', (row) => row.url],
          ['current', (row) => (row.current ? '*' : '')],
        ],
        rows,
      ),
    ]);
  });
  line.verb(noun, 'use <name>', 'talk to this server from now on', {}, async ({ session, args }) => {
    const [name = ''] = args;
    await store.use(name);
    session.progress(`Commands talk to "${name}" now.`);
  });
}

async function readToken(line: CommandLine, file: string | undefined): Promise<string> {
  const { terminal } = line;
  const fromEnv = terminal.env['SPRINGTIDE_TOKEN'];
  const text =
    file === undefined && fromEnv
      ? fromEnv
      : file === undefined || file === '-'
        ? await terminal.readStdin()
        : await terminal.readText(file);
  const token = text.trim();
  if (token !== '' && !/\s/.test(token)) return token;
  throw new CliFailure(
    'No token was given; nothing was kept.',
    EXIT.usage,
    'Pipe the token in, or name --token-file.',
  );
}

import { routes } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { timeText } from '../output/readable.js';
import { factsOf, tableOf } from '../output/render.js';
import { flag, required, type CommandLine } from './command-line.js';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

export function addTokenCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'token', 'your own API tokens');
  line.verb(
    noun,
    'create',
    'make a token; it is shown this once',
    {
      options: z.object({
        name: z.string(),
        scopes: z.string().default('*'),
        days: z.coerce.number().int().min(1).max(365).default(90),
      }),
      flags: [
        required('--name <name>', 'what it is for'),
        flag('--scopes <permissions>', 'separated by commas; all of yours unless said otherwise'),
        flag('--days <number>', 'how long it lives; 90 unless said otherwise'),
      ],
    },
    async ({ session, options }) => {
      const body = { name: options.name, scopes: list(options.scopes), expiresInDays: options.days };
      const made = await session.call(routes.tokenCreate, { body });
      session.progress(`Valid until ${timeText(made.token.expiresAt)}. It is not shown again.`);
      session.print(made, () => [made.secret]);
    },
  );
  line.verb(noun, 'list', 'your tokens', {}, async ({ session }) => {
    const { items } = await session.call(routes.tokenList);
    session.print(items, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['scopes', (row) => row.scopes.join(', ')],
          ['expires', (row) => timeText(row.expiresAt)],
          ['last used', (row) => timeText(row.lastUsedAt)],
          ['revoked', (row) => timeText(row.revokedAt)],
          ['id', (row) => row.id],
        ],
        items,
      ),
    ]);
  });
  line.verb(noun, 'revoke <id>', 'end a token at once', {}, async ({ session, args: [id = ''] }) => {
    await session.call(routes.tokenRevoke, { params: { id } });
    session.progress('The token is revoked.');
  });
}

export function addUserCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'user', 'people of the tenant');
  line.verb(
    noun,
    'create',
    'add a person; their first token is shown this once and lives a day',
    {
      options: z.object({ name: z.string(), roles: z.string(), email: z.string().optional() }),
      flags: [
        required('--name <name>', 'unique in the tenant'),
        required('--roles <roles>', 'separated by commas, for example operations,approver'),
        flag('--email <address>', 'where to reach them'),
      ],
    },
    async ({ session, options: { name, roles, email } }) => {
      const body = { name, roles: list(roles), ...(email === undefined ? {} : { email }) };
      const made = await session.call(routes.userCreate, { body });
      session.print(made, () => [
        factsOf([
          ['User', made.user.name],
          ['Id', made.user.id],
          ['Roles', made.user.roles.join(', ')],
          ['First token', made.firstToken],
        ]),
      ]);
    },
  );
  line.verb(noun, 'list', 'people and their roles', {}, async ({ session }) => {
    const all = await session.all((cursor) =>
      session.call(routes.userList, { query: { limit: 200, cursor } }),
    );
    session.print(all, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['roles', (row) => row.roles.join(', ')],
          ['status', (row) => row.status],
          ['id', (row) => row.id],
        ],
        all,
      ),
    ]);
  });
}

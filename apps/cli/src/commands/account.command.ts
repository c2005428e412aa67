import { AccountInput, routes, type AccountBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../output/exit-code.js';
import { ageText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Column, type Section } from '../output/render.js';
import { readBody } from '../session/documents.js';
import { accountId } from '../session/references.js';
import { required, type CommandLine } from './command-line.js';

export function addAccountCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'account', 'cloud accounts');
  line.verb(
    noun,
    'register',
    'register a cloud account from a file with name, provider, settings and secret',
    {
      options: z.object({ file: z.string() }),
      flags: [required('-f, --file <path>', 'YAML or JSON; - for standard input')],
    },
    async ({ session, options }) => {
      const body = await readBody(line.terminal, options.file, AccountInput);
      session.progress(`Registering "${body.name}" and asking the cloud about it …`);
      const account = await session.call(routes.accountRegister, { body });
      session.print(account, () => accountSections(account));
      return exitOf(account);
    },
  );
  line.verb(noun, 'list', 'accounts with their health', {}, async ({ session }) => {
    const all = await session.all((cursor) =>
      session.call(routes.accountList, { query: { limit: 200, cursor } }),
    );
    session.print(all, () => [tableOf(accountColumns(line.terminal.now()), all)]);
  });
  line.verb(
    noun,
    'get <account>',
    'one account, by name or id',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await accountId(session, reference);
      const account = await session.call(routes.accountGet, { params: { id } });
      session.print(account, () => accountSections(account));
    },
  );
  line.verb(
    noun,
    'verify <account>',
    'ask the cloud again',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await accountId(session, reference);
      const account = await session.call(routes.accountVerify, { params: { id } });
      session.print(account, () => accountSections(account));
      return exitOf(account);
    },
  );
  line.verb(
    noun,
    'disable <account>',
    'buy nothing more there',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await accountId(session, reference);
      const account = await session.call(routes.accountDisable, { params: { id } });
      session.print(account, () => accountSections(account));
    },
  );
  line.verb(noun, 'providers', 'kinds of clouds that can be registered', {}, async ({ session }) => {
    const { items } = await session.call(routes.providerList);
    session.print(items, () => [
      tableOf(
        [
          ['id', (row) => row.id],
          ['title', (row) => row.title],
          ['kind', (row) => row.kind],
        ],
        items,
      ),
    ]);
  });
}

/** A script learns from the exit code whether the cloud accepted us. */
function exitOf(account: AccountBody) {
  return account.health?.problem == null ? EXIT.ok : EXIT.error;
}

function accountColumns(now: Date): Column<AccountBody>[] {
  return [
    ['name', (row) => row.name],
    ['provider', (row) => row.provider],
    ['status', (row) => row.status],
    ['checked', (row) => ageText(row.health?.checkedAt ?? null, now)],
    ['problem', (row) => row.health?.problem ?? ''],
    ['id', (row) => row.id],
  ];
}

function accountSections(account: AccountBody): Section[] {
  const { health } = account;
  const facts = factsOf([
    ['Name', account.name],
    ['Id', account.id],
    ['Provider', account.provider],
    ['Status', account.status],
    ['Identity', health?.identity ?? null],
    ['Product', health?.product ?? null],
    ['Regions', health?.regions.join(', ') || null],
    ['Checked', timeText(health?.checkedAt ?? null)],
    ['Problem', health?.problem ?? null],
  ]);
  const permissions = health?.permissions ?? [];
  if (permissions.length === 0) return [facts];
  const columns: Column<(typeof permissions)[number]>[] = [
    ['permission', (row) => row.action],
    ['granted', (row) => (row.granted ? 'yes' : 'NO')],
    ['needed for', (row) => row.neededFor],
  ];
  return [facts, tableOf(columns, permissions)];
}

import {
  AccountInput,
  AccountUpdate,
  CredentialInput,
  routes,
  type AccountBody,
} from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../output/exit-code.js';
import { ageText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Column, type Section } from '../output/render.js';
import { readBody } from '../session/documents.js';
import { accountId } from '../session/references.js';
import { required, type CommandLine } from './command-line.js';

const FILE = {
  options: z.object({ file: z.string() }),
  flags: [required('-f, --file <path>', 'YAML or JSON; - for standard input')],
};

export function addAccountCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'account', 'cloud accounts');
  line.verb(
    noun,
    'register',
    'register a cloud account from a file with name, provider, settings and secret',
    FILE,
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
  line.verb(
    noun,
    'enable <account>',
    'buy there again, once the cloud has answered',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await accountId(session, reference);
      const account = await session.call(routes.accountEnable, { params: { id } });
      session.print(account, () => accountSections(account));
      return exitOf(account);
    },
  );
  addChanges(noun, line);
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

/** Both send the version that they have read: a change by somebody else meanwhile is not overwritten. */
function addChanges(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'update <account>',
    'change name or settings from a file; the credential stays',
    FILE,
    async ({ session, args: [reference = ''], options }) => {
      const body = await readBody(line.terminal, options.file, AccountUpdate);
      const id = await accountId(session, reference);
      const { version } = await session.call(routes.accountGet, { params: { id } });
      const account = await session.call(routes.accountUpdate, { params: { id }, body, ifMatch: version });
      session.print(account, () => accountSections(account));
      return exitOf(account);
    },
  );
  line.verb(
    noun,
    'rotate <account>',
    'use a new credential from a file with its secret, if the cloud accepts it; otherwise the old one stays',
    FILE,
    async ({ session, args: [reference = ''], options }) => {
      const body = await readBody(line.terminal, options.file, CredentialInput);
      const id = await accountId(session, reference);
      const { version } = await session.call(routes.accountGet, { params: { id } });
      session.progress('Trying the new credential …');
      const account = await session.call(routes.accountRotate, { params: { id }, body, ifMatch: version });
      session.print(account, () => accountSections(account));
      return exitOf(account);
    },
  );
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

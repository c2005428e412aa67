import type { AccountBody, RouteInput } from '@springtide/contracts';

export type MemberDraft = Readonly<{ id: string; address: string; port: string; machineType: string }>;

export type EntranceDraft = Readonly<{
  name: string;
  accountId: string;
  service: string;
  healthPath: string;
  home: readonly MemberDraft[];
}>;

export const NEW_MEMBER: MemberDraft = { id: '', address: '', port: '8080', machineType: '' };

export const NEW_ENTRANCE: EntranceDraft = {
  ...{ name: '', accountId: '', service: '', healthPath: '/healthz' },
  home: [NEW_MEMBER],
};

export const MEMBER_FIELDS = ['id', 'address', 'port', 'machineType'] as const;

export function inputOf({ name, accountId, service, healthPath, home }: EntranceDraft): RouteInput {
  return {
    ...{ name: name.trim(), accountId, service: service.trim(), healthPath: healthPath.trim() },
    home: home.map(({ id, address, port, machineType }) => ({
      ...{ id: id.trim(), address: address.trim(), machineType: machineType.trim() },
      port: Number(port),
    })),
  };
}

export function faultsIn(draft: EntranceDraft): ReadonlyMap<string, 'missing' | 'port' | 'twice'> {
  const faults = new Map<string, 'missing' | 'port' | 'twice'>();
  const need = (path: string, text: string): void => void (text.trim() === '' && faults.set(path, 'missing'));
  for (const field of ['accountId', 'name', 'service', 'healthPath'] as const) need(field, draft[field]);
  draft.home.forEach((member, at) => {
    const path = `home.${at}`;
    if (!isPort(member.port)) faults.set(`${path}.port`, 'port');
    if (draft.home.some((other, before) => before < at && other.id.trim() === member.id.trim())) {
      faults.set(`${path}.id`, 'twice');
    }
    for (const field of MEMBER_FIELDS) need(`${path}.${field}`, member[field]);
  });
  return faults;
}

export function namesIn({ home }: EntranceDraft): ReadonlySet<string> {
  return new Set([
    ...['name', 'accountId', 'service', 'healthPath', 'home'],
    ...home.flatMap((_member, at) => MEMBER_FIELDS.map((field) => `home.${at}.${field}`)),
  ]);
}

/** Accounts that have entrances: whatever product carries them, their settings name those that may be moved. */
export function carriers(accounts: readonly AccountBody[]): readonly AccountBody[] {
  return accounts.filter((account) => entrancesOf(account).length > 0);
}

export function entrancesOf({ settings }: Pick<AccountBody, 'settings'>): readonly string[] {
  const named = settings['routes'];
  return typeof named === 'object' && named !== null && !Array.isArray(named) ? Object.keys(named) : [];
}

const HIGHEST_PORT = 65_535;

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= HIGHEST_PORT;
}

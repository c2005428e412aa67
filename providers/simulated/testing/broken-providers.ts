import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import type {
  ComputeFacet,
  Machine,
  Page,
  ProviderManifest,
  ProviderSession,
} from '@springtide/provider-kit';
import { manifest } from '../manifest.js';

/** A way in which a real provider could be wrong, and rules that must notice. */
export type Defect = Readonly<{ what: string; noticedBy: readonly string[]; manifest: ProviderManifest }>;

type Breaking = (compute: ComputeFacet) => Partial<ComputeFacet>;

const machinesOf = (change: (machine: Machine) => Machine): Breaking => {
  return (compute) => ({
    describe: async (...args) => {
      const found = await compute.describe(...args);
      return new Map([...found].map(([id, entry]) => [id, entry === 'gone' ? entry : change(entry)]));
    },
    list: (...args) =>
      mapPages(compute.list(...args), (page) => ({ ...page, items: page.items.map(change) })),
    findByIntent: async (...args) => (await compute.findByIntent(...args)).map(change),
  });
};

const launchErrors = (change: (error: SpringtideError) => SpringtideError): Breaking => {
  return (compute) => ({
    launch: async (...args) => compute.launch(...args).catch((thrown: unknown) => failWith(thrown, change)),
  });
};

let copies = 0;

export const DEFECTS: readonly Defect[] = [
  defect('every call gets a token of its own', ['P-12', 'P-14', 'P-56'], (compute) => ({
    launch: async (batch, options) => {
      copies += 1;
      return compute.launch({ ...batch, token: `${batch.token.slice(0, 50)}#${copies}` }, options);
    },
  })),
  defect('the token is cut to 63 characters', ['P-20'], (compute) => ({
    launch: async (batch, options) => compute.launch({ ...batch, token: batch.token.slice(0, 63) }, options),
  })),
  defect('a token used for another batch answers with the first machines', ['P-13'], rememberingTokens),
  defect('machines carry no ownership', ['P-18', 'P-20', 'P-55'], (compute) =>
    machinesOf(({ ownership: _ownership, ...rest }) => rest)(compute),
  ),
  defect('the ownership tag loses its optional parts', ['P-18'], (compute) =>
    machinesOf((machine) => withOwnership(machine, { releaseBy: '2026-01-01T00:00:00.000Z' }))(compute),
  ),
  defect(
    'foreign machines look like ours',
    ['P-32'],
    machinesOf((machine) =>
      machine.ownership === undefined
        ? { ...machine, ownership: { installation: 'x', tenant: 'x', intent: 'x', token: 'x' } }
        : machine,
    ),
  ),
  defect('a listing ends after its first page', ['P-30'], (compute) => ({
    list: (...args) => firstPageOnly(compute.list(...args)),
  })),
  defect('a cut listing is called complete', ['P-34'], (compute) => ({
    list: (...args) => mapPages(compute.list(...args), (page) => ({ ...page, complete: true })),
  })),
  defect('the filter by installation is ignored', ['P-31', 'P-33'], (compute) => ({
    list: ({ region }, options) => compute.list({ region }, options),
  })),
  defect('an unknown region is an empty list', ['P-35'], (compute) => ({
    list: ({ region, ...rest }, options) =>
      region.startsWith('no-such') ? onePage([]) : compute.list({ region, ...rest }, options),
  })),
  defect('the search ignores the token', ['P-19'], (compute) => ({
    findByIntent: async ({ intent, region }, options) => compute.findByIntent({ intent, region }, options),
  })),
  defect('terminating what is gone is an error', ['P-41', 'P-42', 'P-45'], (compute) => ({
    terminate: async (...args) => {
      const outcomes = await compute.terminate(...args);
      if ([...outcomes.values()].includes('gone')) throw new SpringtideError('not-found', 'no such machine');
      return outcomes;
    },
  })),
  defect('a termination does nothing', ['P-40', 'P-44', 'P-72'], () => ({
    terminate: async (ids) => new Map(ids.map((id) => [id, 'terminating'])),
  })),
  defect('a termination ends everything in the region', ['P-48'], (compute) => ({
    terminate: async (ids, scope, options) => {
      const all: string[] = [...ids];
      for await (const page of compute.list(scope, options)) all.push(...page.items.map((each) => each.id));
      return compute.terminate(all.slice(0, 100), scope, options);
    },
  })),
  defect('ids that are not found are left out', ['P-37', 'P-45'], (compute) => ({
    describe: async (...args) =>
      new Map([...(await compute.describe(...args))].filter(([, entry]) => entry !== 'gone')),
  })),
  defect(
    'every refusal is internal',
    ['P-13', 'P-17', 'P-24', 'P-50', 'P-52', 'P-54'],
    launchErrors((error) => new SpringtideError('internal', error.message)),
  ),
  defect(
    'a launch without an answer is called harmless',
    ['P-55', 'P-57', 'P-59'],
    launchErrors((error) => new SpringtideError(error.code, error.message, { effect: 'none' })),
  ),
  defect('what was refused is missing from the receipt', ['P-16'], (compute) => ({
    launch: async (...args) => {
      const { items } = await compute.launch(...args);
      return { items: items.filter((item) => item.outcome === 'accepted') };
    },
  })),
  defect('the minimum is not passed on', ['P-17'], (compute) => ({
    launch: async (batch, options) => compute.launch({ ...batch, minimum: 1 }, options),
  })),
  defect(
    'a failed machine is pending for ever',
    ['P-47'],
    machinesOf((machine) => (machine.state === 'failed' ? { ...machine, state: 'pending' } : machine)),
  ),
  defect(
    'addresses are forgotten',
    ['P-11'],
    machinesOf((machine) => ({ ...machine, addresses: [] })),
  ),
  defect(
    'labels lose what is not ASCII',
    ['P-21'],
    machinesOf((machine) => ({ ...machine, labels: {} })),
  ),
  defect('sold-out offerings vanish', ['P-61'], (compute) => ({
    listOfferings: (...args) =>
      mapPages(compute.listOfferings(...args), (page) => ({
        ...page,
        items: page.items.filter((offering) => offering.stock.level !== 'none'),
      })),
  })),
  defect('an unknown price is zero', ['P-62'], (compute) => ({
    listOfferings: (...args) =>
      mapPages(compute.listOfferings(...args), (page) => ({
        ...page,
        items: page.items.map((offering) => ({
          ...offering,
          pricePerHour: { currency: 'CNY', amount: '0' },
        })),
      })),
  })),
  defect('quotas do not move', ['P-64'], (compute) => ({
    listQuotas: async (...args) =>
      (await compute.listQuotas(...args)).map((quota) => ({ ...quota, usedVcpu: 0 })),
  })),
  defect('satellites are not looked for', ['P-70', 'P-71'], () => ({ listSatellites: async () => [] })),
  defect('the time-to-live is dropped', ['P-73'], (compute) => ({
    launch: async ({ releaseAt: _releaseAt, ...batch }, options) => compute.launch(batch, options),
  })),
  defect('a moved time-to-live stays where it was', ['P-74'], () => ({
    setReleaseTime: async () => undefined,
  })),
];

/** The same wrapping with nothing broken: every rule must pass, or a notice would prove nothing. */
export const INTACT: ProviderManifest = defect('nothing', [], () => ({})).manifest;

function defect(what: string, noticedBy: readonly string[], breaking: Breaking): Defect {
  return {
    what,
    noticedBy,
    manifest: {
      ...manifest,
      connect: async (account, context) =>
        brokenSession(await manifest.connect(account as never, context), breaking),
    },
  };
}

function brokenSession(session: ProviderSession, breaking: Breaking): ProviderSession {
  const { compute } = session;
  if (compute === undefined) throw new Error('the simulated provider has machines');
  const broken = breaking(compute);
  const whole = new Proxy(compute, {
    get: (target, name: keyof ComputeFacet) => {
      const member = broken[name] ?? target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return new Proxy(session, {
    get: (target, name: keyof ProviderSession) => {
      if (name === 'compute') return whole;
      const member = target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

function rememberingTokens(compute: ComputeFacet): Partial<ComputeFacet> {
  const seen = new Map<string, ReturnType<ComputeFacet['launch']>>();
  return {
    launch: async (batch, options) => {
      const answer = seen.get(batch.token) ?? compute.launch(batch, options);
      seen.set(batch.token, answer);
      return answer;
    },
  };
}

function withOwnership(machine: Machine, change: Partial<Machine['ownership']>): Machine {
  if (machine.ownership === undefined) return machine;
  return { ...machine, ownership: { ...machine.ownership, ...change } };
}

function failWith(thrown: unknown, change: (error: SpringtideError) => SpringtideError): never {
  throw change(asSpringtideError(thrown));
}

async function* mapPages<T>(pages: AsyncIterable<Page<T>>, change: (page: Page<T>) => Page<T>) {
  for await (const page of pages) yield change(page);
}

async function* firstPageOnly<T>(pages: AsyncIterable<Page<T>>): AsyncIterable<Page<T>> {
  for await (const page of pages) {
    yield { ...page, complete: true };
    return;
  }
}

async function* onePage<T>(items: readonly T[]): AsyncIterable<Page<T>> {
  yield { items, complete: true };
}

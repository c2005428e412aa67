import type { CallOptions, Page, Resource, ResourceFacet, ResourceKind } from '@springtide/provider-kit';
import { SpringtideError } from '@springtide/kernel';
import type { SimulatedAccount } from './account.js';
import type { CloudApi } from './cloud-api.js';
import type { WireResourceKind } from './cloud/index.js';
import { resourceOf } from './mapping.js';

type Scope = Readonly<{ region: string; kind: ResourceKind }>;

/** A public cloud does not show its hosts. */
const KINDS: Readonly<Record<SimulatedAccount['settings']['kind'], readonly WireResourceKind[]>> = {
  'public-cloud': ['disk', 'cluster'],
  'private-cloud': ['host', 'disk', 'cluster'],
};

export function simulatedResources(api: CloudApi, { settings }: SimulatedAccount): ResourceFacet {
  const kinds = KINDS[settings.kind];
  return { kinds, listResources: (scope, options) => pages(api, kinds, scope, options) };
}

async function* pages(
  api: CloudApi,
  kinds: readonly WireResourceKind[],
  { region, kind: wanted }: Scope,
  options: CallOptions,
): AsyncIterable<Page<Resource>> {
  const kind = kinds.find((each) => each === wanted);
  if (kind === undefined) {
    throw new SpringtideError('unsupported', `the simulated cloud cannot list resources of kind ${wanted}`);
  }
  let cursor: string | undefined;
  do {
    const answer = await api.call('ListResources', { region, kind, cursor }, options);
    cursor = answer.next;
    yield {
      items: answer.resources.map((each) => resourceOf(each, region)),
      complete: cursor === undefined,
    };
  } while (cursor !== undefined);
}

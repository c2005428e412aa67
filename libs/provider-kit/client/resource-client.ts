import { SpringtideError } from '@springtide/kernel';
import type { Page } from '../contract/compute.js';
import type { Resource, ResourceFacet, ResourceKind } from '../contract/resources.js';
import type { CallControl, CallRunner } from './call-runner.js';
import { guardedListing, listingCall } from './listing.js';

/** What an account has besides machines, networks and images. */
export class ResourceClient {
  readonly #facet: ResourceFacet;
  readonly #runner: CallRunner;

  constructor(facet: ResourceFacet, runner: CallRunner) {
    this.#facet = facet;
    this.#runner = runner;
  }

  /** The kinds that can be listed; of the others nothing is known here. */
  get kinds(): readonly ResourceKind[] {
    return this.#facet.kinds;
  }

  /** @throws unsupported for a kind that is not among `kinds`, before anything is sent. */
  listResources(
    scope: Readonly<{ region: string; kind: ResourceKind }>,
    control?: CallControl,
  ): AsyncIterable<Page<Resource>> {
    if (!this.kinds.includes(scope.kind)) {
      throw new SpringtideError(
        'unsupported',
        `this account cannot list resources of kind ${scope.kind}, so nothing is known of them; nothing was sent`,
      );
    }
    const call = listingCall(this.#runner, 'listResources', scope.region, control);
    return guardedListing(this.#runner, call, (options) => this.#facet.listResources(scope, options));
  }
}

import type { Page } from '../contract/compute.js';
import type { Image, ImageFacet, Network, NetworkFacet } from '../contract/network.js';
import type { CallControl, CallRunner } from './call-runner.js';
import { guardedListing, listingCall } from './listing.js';

export class NetworkClient {
  readonly #facet: NetworkFacet;
  readonly #runner: CallRunner;

  constructor(facet: NetworkFacet, runner: CallRunner) {
    this.#facet = facet;
    this.#runner = runner;
  }

  listNetworks(scope: { region: string }, control?: CallControl): AsyncIterable<Page<Network>> {
    const call = listingCall(this.#runner, 'listNetworks', scope.region, control);
    return guardedListing(this.#runner, call, (options) => this.#facet.listNetworks(scope, options));
  }
}

export class ImageClient {
  readonly #facet: ImageFacet;
  readonly #runner: CallRunner;

  constructor(facet: ImageFacet, runner: CallRunner) {
    this.#facet = facet;
    this.#runner = runner;
  }

  listImages(scope: { region: string }, control?: CallControl): AsyncIterable<Page<Image>> {
    const call = listingCall(this.#runner, 'listImages', scope.region, control);
    return guardedListing(this.#runner, call, (options) => this.#facet.listImages(scope, options));
  }
}

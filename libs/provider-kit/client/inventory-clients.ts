import { SpringtideError } from '@springtide/kernel';
import type { Page } from '../contract/compute.js';
import type {
  Image,
  ImageFacet,
  ImageOrder,
  Network,
  NetworkFacet,
  PlacedImage,
} from '../contract/network.js';
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

  /** Sent once; the same order may be sent again. @throws unsupported where images need no copying. */
  async placeImage(order: ImageOrder, control?: CallControl): Promise<PlacedImage> {
    const deadline = this.#runner.deadline('mutate', control);
    const { region } = order;
    const priority = control?.priority;
    const call = { operation: 'placeImage', kind: 'mutate', region, deadline, priority } as const;
    return this.#runner.run(call, async (options) => {
      if (this.#facet.placeImage !== undefined) return this.#facet.placeImage(order, options);
      throw new SpringtideError(
        'unsupported',
        'images of this account are in every zone of their region and need no copying; nothing was sent',
      );
    });
  }
}

import { SpringtideError } from '@springtide/kernel';
import type { BillFacet, BillSpan, Charge } from '../contract/bills.js';
import type { Page } from '../contract/compute.js';
import type { CallControl, CallRunner } from './call-runner.js';
import { guardedListing, listingCall } from './listing.js';

/** What an account is charged, where its cloud tells it. */
export class BillClient {
  constructor(
    private readonly facet: BillFacet,
    private readonly runner: CallRunner,
  ) {}

  /** @throws invalid-argument for a span that ends before it begins. */
  listCharges(span: BillSpan, control?: CallControl): AsyncIterable<Page<Charge>> {
    if (span.to <= span.from) {
      throw new SpringtideError(
        'invalid-argument',
        `charges from ${span.from} to ${span.to} cannot be listed: the span ends before it begins; nothing was sent`,
      );
    }
    const call = listingCall(this.runner, 'listCharges', 'all', { priority: 'sync', ...control });
    return guardedListing(this.runner, call, (options) => this.facet.listCharges(span, options));
  }
}

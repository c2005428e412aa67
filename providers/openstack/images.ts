import type { CallOptions, Image, ImageFacet, Page } from '@springtide/provider-kit';
import { z } from 'zod';
import type { Openstack } from './openstack-session.js';

const imageSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  status: z.string(),
  created_at: z.string().optional(),
  architecture: z.string().nullish(),
  hw_architecture: z.string().nullish(),
});

/** Glance's images that can be booted now: `queued` and `saving` ones are not there yet. */
export class OpenstackImages implements ImageFacet {
  readonly #openstack: Openstack;

  constructor(openstack: Openstack) {
    this.#openstack = openstack;
  }

  async *listImages(scope: { region: string }, options: CallOptions): AsyncGenerator<Page<Image>> {
    const at = { region: scope.region, deadline: options.deadline };
    const { api, account } = this.#openstack;
    const call = {
      service: 'image',
      path: '/images',
      key: 'images',
      pageSize: account.pageSize,
      doing: 'the list of images',
    } as const;
    for await (const page of api.pages(at, call, imageSchema)) {
      const items = page.items
        .filter((image) => image.status === 'active')
        .map((image): Image => {
          const named = image.hw_architecture ?? image.architecture;
          return {
            id: image.id,
            name: image.name || image.id,
            region: scope.region,
            arch: named ? (/arm|aarch/i.test(named) ? 'arm64' : 'amd64') : account.arch,
            ...(image.created_at === undefined ? {} : { createdAt: image.created_at }),
          };
        });
      yield { items, complete: page.complete };
    }
  }
}

import type { Image, ImageFacet, Network, NetworkFacet, Page } from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { AlibabaApi } from './api.js';
import { toFullInstant, toNetwork } from './mapping.js';
import { numberedPages } from './paging.js';
import { imagesAnswer, vSwitchesAnswer } from './wire.js';

const VSWITCH_PAGE = 50;
const IMAGE_PAGE = 100;

/** vSwitches: each lies in one zone. */
export function alibabaNetworks(account: AlibabaAccount, api: AlibabaApi): NetworkFacet {
  return {
    listNetworks: ({ region }, options): AsyncIterable<Page<Network>> =>
      numberedPages('vSwitches', async (PageNumber) => {
        const { VSwitches, TotalCount } = await api.read(
          { region, ...options },
          {
            product: 'vpc',
            action: 'DescribeVSwitches',
            parameters: { RegionId: region, PageSize: VSWITCH_PAGE, PageNumber },
            answer: vSwitchesAnswer,
          },
        );
        return { items: VSwitches.map((each) => toNetwork(each, region, account)), total: TotalCount };
      }),
  };
}

/** Images of the owners that the account names; one listing per owner, complete with the last. */
export function alibabaImages(account: AlibabaAccount, api: AlibabaApi): ImageFacet {
  return {
    listImages: async function* ({ region }, options): AsyncIterable<Page<Image>> {
      const owners = [...new Set(account.imageOwners)];
      for (const owner of owners) {
        const pages = numberedPages(`${owner} images`, async (PageNumber) => {
          const { Images, TotalCount } = await api.read(
            { region, ...options },
            {
              product: 'ecs',
              action: 'DescribeImages',
              parameters: { RegionId: region, ImageOwnerAlias: owner, PageSize: IMAGE_PAGE, PageNumber },
              answer: imagesAnswer,
            },
          );
          return { items: Images, total: TotalCount };
        });
        for await (const { items, complete } of pages) {
          yield {
            items: items.map((image) => ({
              id: image.ImageId,
              name: image.ImageName ?? image.ImageId,
              region,
              arch: image.Architecture === 'arm64' ? ('arm64' as const) : ('amd64' as const),
              ...(image.CreationTime === undefined ? {} : { createdAt: toFullInstant(image.CreationTime) }),
            })),
            complete: complete && owner === owners.at(-1),
          };
        }
      }
    },
  };
}

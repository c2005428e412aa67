import type { CallOptions, ImageFacet, NetworkFacet } from '@springtide/provider-kit';
import type { TencentAccount } from './account.js';
import { toImage, toNetwork } from './mapping.js';
import { offsetListing } from './offset-listing.js';
import type { TencentApi } from './tencent-api.js';

const PAGE_SIZE = 100;

/** Subnets: each lies in one zone. */
export function tencentNetworks(account: TencentAccount, api: TencentApi): NetworkFacet {
  return {
    listNetworks: ({ region }, options: CallOptions) =>
      offsetListing(
        PAGE_SIZE,
        async (offset, limit) => {
          // This product takes its numbers as text.
          const page = { Offset: String(offset), Limit: String(limit) };
          const answer = await api.call('vpc', 'DescribeSubnets', { region, ...options }, page);
          return { rows: answer.SubnetSet ?? [], total: answer.TotalCount ?? 0 };
        },
        ({ SubnetId = '' }) => SubnetId,
        (subnet) => toNetwork(subnet, region, account),
      ),
  };
}

/** Images of the kinds that the account names: its own and shared ones unless it says otherwise. */
export function tencentImages(account: TencentAccount, api: TencentApi): ImageFacet {
  return {
    listImages: ({ region }, options: CallOptions) =>
      offsetListing(
        PAGE_SIZE,
        async (Offset, Limit) => {
          const answer = await api.call(
            'cvm',
            'DescribeImages',
            { region, ...options },
            { Offset, Limit, Filters: [{ Name: 'image-type', Values: [...account.imageTypes] }] },
          );
          return { rows: answer.ImageSet ?? [], total: answer.TotalCount ?? 0 };
        },
        ({ ImageId = '' }) => ImageId,
        (image) => (image.ImageState === 'NORMAL' ? toImage(image, region) : undefined),
      ),
  };
}

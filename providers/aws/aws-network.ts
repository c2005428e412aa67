import type { CallOptions, Image, ImageFacet, Network, NetworkFacet, Page } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi } from './aws-api.js';
import { toImage, toNetwork } from './mapping.js';

/** Subnets: each lies in one zone. */
export function awsNetworks(account: AwsAccount, api: AwsApi): NetworkFacet {
  return {
    listNetworks: async function* ({ region }, options: CallOptions): AsyncIterable<Page<Network>> {
      let next: string | undefined;
      do {
        const answer = await api.describeSubnets(
          { region, ...options },
          next === undefined ? {} : { NextToken: next },
        );
        next = answer.NextToken === '' ? undefined : answer.NextToken;
        const items = (answer.Subnets ?? []).map((subnet) => toNetwork(subnet, region, account));
        yield { items, complete: next === undefined };
      } while (next !== undefined);
    },
  };
}

/** Images of the owners that the account names; the millions of public ones are nobody's inventory. */
export function awsImages(account: AwsAccount, api: AwsApi): ImageFacet {
  return {
    listImages: async function* ({ region }, options: CallOptions): AsyncIterable<Page<Image>> {
      let next: string | undefined;
      do {
        const answer = await api.describeImages(
          { region, ...options },
          { Owners: [...account.imageOwners], ...(next === undefined ? {} : { NextToken: next }) },
        );
        next = answer.NextToken === '' ? undefined : answer.NextToken;
        const items = (answer.Images ?? []).map((image) => toImage(image, region));
        yield { items, complete: next === undefined };
      } while (next !== undefined);
    },
  };
}

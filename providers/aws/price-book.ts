import { GetProductsCommand, PricingClient } from '@aws-sdk/client-pricing';
import { HOUR, SpringtideError } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { pricingHome, type AwsAccount } from './account.js';
import type { AwsScope } from './aws-api.js';
import { abortAt, clientConfig } from './client-config.js';
import { mapAwsError } from './error-map.js';
import { importProducts, type PriceList } from './price-list.js';
import { SHIPPED_PRICES } from './shipped-prices.js';

/** AWS changes prices a few times a year; a session may live for days. */
const KEPT_MS = 6 * HOUR;

const PLAIN_LINUX = {
  operatingSystem: 'Linux',
  tenancy: 'Shared',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
} as const;

/** The price lists that an account goes by, the one that rules first. */
export class PriceBook {
  readonly #fetched = new Map<string, Readonly<{ list: PriceList; until: number }>>();
  #client: PricingClient | undefined;

  constructor(
    private readonly account: AwsAccount,
    private readonly context: ProviderContext,
  ) {}

  async lists(at: AwsScope): Promise<readonly PriceList[]> {
    const { prices } = this.account;
    if (prices === undefined) return SHIPPED_PRICES;
    if (prices !== 'api') return [prices, ...SHIPPED_PRICES];
    const now = this.context.clock.now().getTime();
    const known = this.#fetched.get(at.region);
    if (known !== undefined && known.until > now) return [known.list, ...SHIPPED_PRICES];
    const list = await this.#fetch(at).catch((thrown: unknown) => {
      // `verify` shows the missing right; the list that ships goes on being what is known.
      if (thrown instanceof SpringtideError && thrown.code === 'permission-denied') return undefined;
      throw thrown;
    });
    if (list === undefined) return SHIPPED_PRICES;
    this.#fetched.set(at.region, { list, until: now + KEPT_MS });
    return [list, ...SHIPPED_PRICES];
  }

  /** The first page only: enough to know that one may. */
  async probe(at: AwsScope): Promise<void> {
    await this.#page(at, undefined);
  }

  close(): void {
    this.#client?.destroy();
  }

  async #fetch(at: AwsScope): Promise<PriceList> {
    const products: string[] = [];
    let next: string | undefined;
    do {
      await at.more?.();
      const page = await this.#page(at, next);
      for (const product of page.PriceList ?? []) products.push(String(product));
      next = page.NextToken;
    } while (next);
    return importProducts(products, `AWS price list API, ${at.region}`);
  }

  async #page(at: AwsScope, next: string | undefined) {
    const call = { operation: 'GetProducts', region: at.region, mutates: false };
    const home = pricingHome(at.region);
    this.#client ??= new PricingClient(clientConfig(this.account, this.context, 'pricing', home));
    const abortSignal = abortAt(this.context, at.deadline, call);
    const command = new GetProductsCommand({
      ServiceCode: 'AmazonEC2',
      FormatVersion: 'aws_v1',
      MaxResults: 100,
      Filters: Object.entries({ ...PLAIN_LINUX, regionCode: at.region }).map(([Field, Value]) => ({
        Type: 'TERM_MATCH',
        Field,
        Value,
      })),
      ...(next === undefined ? {} : { NextToken: next }),
    });
    return this.#client.send(command, { abortSignal }).catch((thrown: unknown) => {
      throw mapAwsError(thrown, call);
    });
  }
}

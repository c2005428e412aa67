import { SpringtideError, money, type Money } from '@springtide/kernel';
import { z } from 'zod';

const decimalText = z.string().regex(/^\d+(\.\d+)?$/, 'is no decimal number');

export const priceListSchema = z.strictObject({
  /** Where the prices were read. */
  source: z.string().min(1),
  /** The day on which they were read there. */
  asOf: z.iso.date(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** On-demand Linux, shared tenancy, per machine and hour: by region, then by machine type. */
  perHour: z.record(z.string(), z.record(z.string(), decimalText)),
});

export type PriceList = z.infer<typeof priceListSchema>;

/** Undefined when no list knows the price: then the offering must not be bought. Earlier lists rule. */
export function priceOf(lists: readonly PriceList[], region: string, machineType: string): Money | undefined {
  for (const list of lists) {
    const amount = list.perHour[region]?.[machineType];
    if (amount !== undefined) return money(list.currency, amount);
  }
  return undefined;
}

const attributesSchema = z.object({
  regionCode: z.string().optional(),
  instanceType: z.string().optional(),
  operatingSystem: z.string().optional(),
  tenancy: z.string().optional(),
  preInstalledSw: z.string().optional(),
  capacitystatus: z.string().optional(),
});

const offerFileSchema = z.object({
  offerCode: z.literal('AmazonEC2'),
  publicationDate: z.string(),
  products: z.record(z.string(), z.object({ attributes: attributesSchema })),
  terms: z.object({
    OnDemand: z.record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({ unit: z.string(), pricePerUnit: z.record(z.string(), z.string()) }),
          ),
        }),
      ),
    ),
  }),
});

type OfferFile = z.infer<typeof offerFileSchema>;

/**
 * The price list in AWS's own published form, `offers/v1.0/aws/AmazonEC2/current/<region>/index.json`.
 * Kept are Linux without extra software, shared tenancy, used capacity.
 * @throws invalid-argument when the file has another form, or two prices for one machine type.
 */
export function importPriceList(file: unknown, source: string): PriceList {
  const parsed = offerFileSchema.safeParse(file);
  if (!parsed.success) {
    throw new SpringtideError(
      'invalid-argument',
      `this is no AWS EC2 offer file (${z.prettifyError(parsed.error)}); no price was changed`,
      { nextStep: 'Import the index.json of one region from the AWS price list.' },
    );
  }
  const perHour: Record<string, Record<string, string>> = {};
  const currencies = new Set<string>();
  for (const [sku, product] of Object.entries(parsed.data.products)) {
    const { regionCode, instanceType } = product.attributes;
    if (!isPlainLinux(product.attributes) || regionCode === undefined || instanceType === undefined) continue;
    const price = hourlyPrice(parsed.data, sku);
    if (price === undefined) continue;
    currencies.add(price.currency);
    const region = (perHour[regionCode] ??= {});
    if (region[instanceType] !== undefined && region[instanceType] !== price.amount) {
      throw new SpringtideError(
        'invalid-argument',
        `the offer file has two prices for ${instanceType} in ${regionCode}; no price was changed`,
      );
    }
    region[instanceType] = price.amount;
  }
  return {
    source,
    asOf: parsed.data.publicationDate.slice(0, 10),
    currency: onlyCurrency(currencies),
    perHour,
  };
}

const productSchema = z.object({
  product: z.object({ sku: z.string(), attributes: attributesSchema }),
  terms: z.object({ OnDemand: z.unknown() }).partial(),
  publicationDate: z.string(),
});

/** The price list as its API tells it, one JSON text per product. @throws invalid-argument, as `importPriceList`. */
export function importProducts(texts: readonly string[], source: string): PriceList {
  const all = texts.map((text) => productSchema.parse(JSON.parse(text)));
  const dates = all.map(({ publicationDate }) => publicationDate).toSorted();
  return importPriceList(
    {
      offerCode: 'AmazonEC2',
      publicationDate: dates.at(-1) ?? '',
      products: Object.fromEntries(all.map(({ product }) => [product.sku, product])),
      terms: {
        OnDemand: Object.fromEntries(all.map(({ product, terms }) => [product.sku, terms.OnDemand ?? {}])),
      },
    },
    source,
  );
}

function isPlainLinux(attributes: z.infer<typeof attributesSchema>): boolean {
  return (
    attributes.operatingSystem === 'Linux' &&
    attributes.tenancy === 'Shared' &&
    attributes.preInstalledSw === 'NA' &&
    attributes.capacitystatus === 'Used'
  );
}

/** Products without a price above zero are left out: a price of zero would be bought first. */
function hourlyPrice(file: OfferFile, sku: string): Money | undefined {
  for (const term of Object.values(file.terms.OnDemand[sku] ?? {})) {
    for (const { unit, pricePerUnit } of Object.values(term.priceDimensions)) {
      const [currency, amount] = Object.entries(pricePerUnit)[0] ?? [];
      if (unit !== 'Hrs' || currency === undefined || amount === undefined) continue;
      const price = money(currency, amount);
      if (price.amount !== '0') return price;
    }
  }
  return undefined;
}

function onlyCurrency(currencies: ReadonlySet<string>): string {
  const [currency, ...others] = [...currencies];
  if (currency !== undefined && others.length === 0) return currency;
  throw new SpringtideError(
    'invalid-argument',
    `the offer file has prices in ${currencies.size} currencies, and exactly one is needed; no price was changed`,
  );
}

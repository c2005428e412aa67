import { importPriceList, priceListSchema, priceOf, type PriceList } from './price-list.js';
import { SHIPPED_PRICES } from './shipped-prices.js';

type Row = Readonly<{ sku: string; instanceType: string; price: string; changes?: object; unit?: string }>;

/** The form of AWS's offer file, as far as it matters here. */
function offerFile(...rows: readonly Row[]): unknown {
  const plain = {
    regionCode: 'eu-central-1',
    operatingSystem: 'Linux',
    tenancy: 'Shared',
    preInstalledSw: 'NA',
    capacitystatus: 'Used',
  };
  const attributesOf = ({ instanceType, changes }: Row) => ({ ...plain, instanceType, ...changes });
  const termOf = ({ sku, price, unit = 'Hrs' }: Row) => ({
    [`${sku}.JRTCKXETXF`]: {
      priceDimensions: { [`${sku}.JRTCKXETXF.6YS6EN2CT7`]: { unit, pricePerUnit: { USD: price } } },
    },
  });
  return {
    formatVersion: 'v1.0',
    offerCode: 'AmazonEC2',
    publicationDate: '2026-11-01T00:00:00Z',
    products: Object.fromEntries(
      rows.map((row) => [
        row.sku,
        { sku: row.sku, productFamily: 'Compute Instance', attributes: attributesOf(row) },
      ]),
    ),
    terms: { OnDemand: Object.fromEntries(rows.map((row) => [row.sku, termOf(row)])) },
  };
}

const large: Row = { sku: 'A1', instanceType: 'c6i.large', price: '0.0970000000' };

describe('importPriceList', () => {
  it('keeps plain Linux, exactly, and leaves everything else', () => {
    const file = offerFile(
      large,
      { sku: 'A2', instanceType: 'c6i.large', price: '0.2', changes: { operatingSystem: 'Windows' } },
      { sku: 'A3', instanceType: 'c6i.large', price: '0.3', changes: { tenancy: 'Dedicated' } },
      { sku: 'A4', instanceType: 'c6i.large', price: '0.4', changes: { preInstalledSw: 'SQL Std' } },
      {
        sku: 'A5',
        instanceType: 'c6i.large',
        price: '0',
        changes: { capacitystatus: 'AllocatedCapacityReservation' },
      },
      { sku: 'A6', instanceType: 'c6i.xlarge', price: '0.0000000000' },
    );
    expect(importPriceList(file, 'a test')).toEqual({
      source: 'a test',
      asOf: '2026-11-01',
      currency: 'USD',
      perHour: { 'eu-central-1': { 'c6i.large': '0.097' } },
    });
  });

  it('gives what the account’s settings take', () => {
    expect(priceListSchema.parse(importPriceList(offerFile(large), 'a test'))).toBeDefined();
  });

  it('refuses two prices for one machine type', () => {
    const other = { ...large, sku: 'A2', price: '0.098' };
    expect(() => importPriceList(offerFile(large, other), 'a test')).toThrow(/two prices for c6i.large/);
  });

  it.each([[{}], ['text'], [null], [{ offerCode: 'AmazonRDS' }], [offerFile()]])(
    'refuses what is no offer file with prices: %j',
    (file) => expect(() => importPriceList(file, 'a test')).toThrow(/no price was changed/),
  );
});

describe('priceOf', () => {
  const own: PriceList = {
    source: 'contract',
    asOf: '2026-01-01',
    currency: 'EUR',
    perHour: { 'eu-central-1': { 'c6i.large': '0.05' } },
  };

  it('lets the earlier list rule', () => {
    expect(priceOf([own, ...SHIPPED_PRICES], 'eu-central-1', 'c6i.large')).toEqual({
      currency: 'EUR',
      amount: '0.05',
    });
    expect(priceOf([own, ...SHIPPED_PRICES], 'eu-central-1', 'c6i.2xlarge')).toEqual({
      currency: 'USD',
      amount: '0.388',
    });
  });

  it('knows nothing rather than something near', () => {
    expect(priceOf(SHIPPED_PRICES, 'eu-central-1', 'c99.large')).toBeUndefined();
    expect(priceOf(SHIPPED_PRICES, 'sa-east-1', 'c6i.large')).toBeUndefined();
  });

  it('ships lists that parse', () => {
    for (const list of SHIPPED_PRICES) expect(priceListSchema.safeParse(list).success).toBe(true);
  });
});

import { jsonAnswer, jsonError, type WireAnswer, type WireCall } from './query-protocol.js';
import { allows, type PolicyDocument } from './rights.js';

type Filter = Readonly<{ Field: string; Value: string }>;

/** One row per page, so that whoever reads the first page only is found out. */
const ROWS: readonly Readonly<Record<string, string>>[] = [
  { instanceType: 'c6i.large', tenancy: 'Shared', price: '0.0971000000' },
  { instanceType: 'c6i.large', tenancy: 'Dedicated', price: '0.1068000000' },
  { instanceType: 'c6i.xlarge', tenancy: 'Shared', price: '0.1942000000' },
];

/** The price list API, which the emulator lacks. Rights are judged here, by the action alone. */
export class PriceDesk {
  constructor(
    private readonly region: string,
    private readonly policy: PolicyDocument | undefined,
  ) {}

  answer(call: WireCall): WireAnswer {
    const action = `pricing:${call.action}`;
    if (this.policy !== undefined && !allows(this.policy, action)) {
      return jsonError(400, 'AccessDeniedException', `User is not authorized to perform: ${action}`);
    }
    if (call.action !== 'GetProducts') {
      return jsonError(400, 'UnknownOperationException', `The yard has no ${call.action}.`);
    }
    const input = JSON.parse(call.body.toString('utf8')) as { Filters?: Filter[]; NextToken?: string };
    const fitting = ROWS.map((row) => this.#product(row)).filter(({ product }) =>
      (input.Filters ?? []).every(({ Field, Value }) => product.attributes[Field] === Value),
    );
    const at = Number(input.NextToken ?? '0');
    return jsonAnswer({
      FormatVersion: 'aws_v1',
      PriceList: fitting.slice(at, at + 1).map((each) => JSON.stringify(each)),
      ...(at + 1 < fitting.length ? { NextToken: String(at + 1) } : {}),
    });
  }

  #product({ instanceType = '', tenancy = '', price = '' }: Readonly<Record<string, string>>) {
    const sku = `SKU-${instanceType}-${tenancy}`;
    const attributes: Readonly<Record<string, string>> = {
      ...{ instanceType, tenancy, regionCode: this.region },
      ...{ operatingSystem: 'Linux', preInstalledSw: 'NA', capacitystatus: 'Used' },
    };
    const priceDimensions = { [`${sku}.rate`]: { unit: 'Hrs', pricePerUnit: { USD: price } } };
    return {
      product: { productFamily: 'Compute Instance', sku, attributes },
      serviceCode: 'AmazonEC2',
      terms: { OnDemand: { [`${sku}.term`]: { sku, priceDimensions } } },
      version: '20261101000000',
      publicationDate: '2026-11-01T00:00:00Z',
    };
  }
}

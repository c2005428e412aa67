/** The vendor's products that are spoken to, by their names in its API explorer. */
export const PRODUCTS = [
  'ecs',
  'vpc',
  'alb',
  'slb',
  'alidns',
  'cs',
  'bssopenapi',
  'actiontrail',
  'sts',
] as const;

export type Product = (typeof PRODUCTS)[number];

export type Site = 'china' | 'international';

export const API_VERSIONS: Readonly<Record<Product, string>> = {
  ecs: '2014-05-26',
  vpc: '2016-04-28',
  alb: '2020-06-16',
  slb: '2014-05-15',
  alidns: '2015-01-09',
  cs: '2015-12-15',
  bssopenapi: '2017-12-14',
  actiontrail: '2020-07-06',
  sts: '2015-04-01',
};

/** The public address of a product; DNS and billing have one for the whole world or site. */
export function publicEndpoint(product: Product, region: string, site: Site): string {
  if (product === 'alidns') return 'https://alidns.aliyuncs.com';
  if (product === 'bssopenapi') {
    return site === 'china'
      ? 'https://business.aliyuncs.com'
      : 'https://business.ap-southeast-1.aliyuncs.com';
  }
  return `https://${product}.${region}.aliyuncs.com`;
}

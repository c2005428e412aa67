import { priceListSchema, type PriceList } from './price-list.js';
import euCentral1 from './prices/eu-central-1.json' with { type: 'json' };

/** What ships with the product; an account's own list rules over it. */
export const SHIPPED_PRICES: readonly PriceList[] = [euCentral1].map((list) => priceListSchema.parse(list));

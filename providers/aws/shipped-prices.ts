import { EU_CENTRAL_1 } from './prices/eu-central-1.js';
import type { PriceList } from './price-list.js';

/** What ships with the product; an account's own list rules over it. */
export const SHIPPED_PRICES: readonly PriceList[] = [EU_CENTRAL_1];

import type { PriceList } from './price-list.js';
import { COLLECTED, FRANKFURT } from './prices/on-demand-linux.js';

/** What ships with the product, earlier lists first; an account's own list rules over all of them. */
export const SHIPPED_PRICES: readonly PriceList[] = [COLLECTED, FRANKFURT];

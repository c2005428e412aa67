export {
  ERROR_CODES,
  SpringtideError,
  asSpringtideError,
  isErrorCode,
  unreachable,
  type ErrorCode,
  type ErrorDetails,
  type WrongPlace,
  type PossibleEffect,
  type RetryAdvice,
} from './errors.js';
export { canonicalJson, type Json } from './json.js';
export {
  Decimal,
  addMoney,
  compareMoney,
  decimal,
  ceilMoney,
  money,
  multiplyMoney,
  roundMoney,
  subtractMoney,
  sumMoney,
  zero,
  type Money,
} from './money.js';
export { ok, refuse, type Result } from './result.js';
export {
  HOUR,
  MINUTE,
  SECOND,
  addMs,
  msBetween,
  parseInstant,
  toInstant,
  type Clock,
  type Instant,
} from './time.js';

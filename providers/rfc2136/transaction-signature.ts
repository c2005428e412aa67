import { createHmac, timingSafeEqual } from 'node:crypto';
import { nameBytes, uint16 } from './update-message.js';

const ALGORITHM = nameBytes('hmac-sha256');
const TSIG_TYPE = 250;
const CLASS_ANY = 255;
const HEADER_LENGTH = 12;
/** Seconds by which the two clocks may differ. */
const FUDGE = 300;
const ADDITIONAL_COUNT = 10;

export type UpdateKey = Readonly<{ name: string; secret: Buffer }>;
export type Signed = Readonly<{ message: Buffer; mac: Buffer }>;

/** `signedWrong`: the answer is not from whoever has the key. `refusal` is the error code within the signature. */
export type AnswerCheck = Readonly<{ signed: boolean; valid: boolean; refusal: number }>;

/** Adds a transaction signature (RFC 8945) as the last record. */
export function sign(message: Buffer, key: UpdateKey, atSeconds: number): Signed {
  const times = timesOf(atSeconds);
  const mac = macOf(key, [message, variables(key, times, 0, Buffer.alloc(0))]);
  const id = message.subarray(0, 2);
  const data = [ALGORITHM, times, uint16(mac.length), mac, id, uint16(0), uint16(0)];
  const body = Buffer.concat(data);
  const head = [
    nameBytes(key.name),
    uint16(TSIG_TYPE),
    uint16(CLASS_ANY),
    Buffer.alloc(4),
    uint16(body.length),
  ];
  const signed = Buffer.concat([message, ...head, body]);
  signed.writeUInt16BE(message.readUInt16BE(ADDITIONAL_COUNT) + 1, ADDITIONAL_COUNT);
  return { message: signed, mac };
}

/** Whether an answer was made by whoever has the key, for this request. */
export function checkAnswer(answer: Buffer, request: Signed, key: UpdateKey): AnswerCheck {
  const last = lastRecord(answer);
  if (last?.type !== TSIG_TYPE) return { signed: false, valid: false, refusal: 0 };
  const data = answer.subarray(last.dataAt);
  const algorithmEnd = skipName(data, 0);
  const times = data.subarray(algorithmEnd, algorithmEnd + 8);
  const length = data.readUInt16BE(algorithmEnd + 8);
  const mac = data.subarray(algorithmEnd + 10, algorithmEnd + 10 + length);
  const rest = algorithmEnd + 10 + length;
  const refusal = data.readUInt16BE(rest + 2);
  const other = data.subarray(rest + 6, rest + 6 + data.readUInt16BE(rest + 4));
  const bare = Buffer.from(answer.subarray(0, last.at));
  bare.writeUInt16BE(answer.readUInt16BE(ADDITIONAL_COUNT) - 1, ADDITIONAL_COUNT);
  data.copy(bare, 0, rest, rest + 2);
  const parts = [uint16(request.mac.length), request.mac, bare, variables(key, times, refusal, other)];
  const expected = macOf(key, parts);
  const valid = mac.length === expected.length && timingSafeEqual(mac, expected);
  return { signed: true, valid, refusal };
}

function variables(key: UpdateKey, times: Buffer, error: number, other: Buffer): Buffer {
  const owner = [nameBytes(key.name), uint16(CLASS_ANY), Buffer.alloc(4), ALGORITHM];
  return Buffer.concat([...owner, times, uint16(error), uint16(other.length), other]);
}

function timesOf(atSeconds: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(atSeconds, 0, 6);
  bytes.writeUInt16BE(FUDGE, 6);
  return bytes;
}

function macOf(key: UpdateKey, parts: readonly Buffer[]): Buffer {
  return createHmac('sha256', key.secret).update(Buffer.concat(parts)).digest();
}

type FoundRecord = Readonly<{ at: number; type: number; dataAt: number }>;

function lastRecord(message: Buffer): FoundRecord | undefined {
  let at = HEADER_LENGTH;
  for (let left = message.readUInt16BE(4); left > 0; left -= 1) at = skipName(message, at) + 4;
  const records = [6, 8, ADDITIONAL_COUNT].reduce((sum, place) => sum + message.readUInt16BE(place), 0);
  let found: FoundRecord | undefined;
  for (let left = records; left > 0; left -= 1) {
    const typeAt = skipName(message, at);
    found = { at, type: message.readUInt16BE(typeAt), dataAt: typeAt + 10 };
    at = typeAt + 10 + message.readUInt16BE(typeAt + 8);
  }
  return found;
}

/** Where the name ends; a pointer to an earlier one is its end. */
function skipName(message: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
}

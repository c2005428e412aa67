import {
  parseInstant,
  SpringtideError,
  type Clock,
  type Instant,
  type PossibleEffect,
} from '@springtide/kernel';
import { request, type Dispatcher } from 'undici';
import { statusError, transportError } from './transport-errors.js';
import { readSoapFault } from './vim-fault.js';
import { childOf, parseXml, type XmlElement } from './xml-reader.js';
import { element, type XmlFragment } from './xml-writer.js';

/** A managed object as vim25 names it: its type and the id that only this vCenter understands. */
export type MoRef = Readonly<{ type: string; id: string }>;

export type SoapCall = Readonly<{
  method: string;
  target: MoRef;
  /** In the order of the schema. */
  arguments?: readonly XmlFragment[];
  /** A lost answer to a change leaves open whether it happened. */
  kind: 'read' | 'change';
  deadline: Instant;
}>;

const NAMESPACE = 'urn:vim25';
const VERSION = '7.0.0.0';
const LARGEST_ANSWER = 256 * 1024 * 1024;

/** One HTTP endpoint and one cookie: sends a call, reads its answer or its fault. Knows no session rules. */
export class SoapConnection {
  readonly #url: string;
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  #cookie: string | undefined;

  constructor(url: string, dispatcher: Dispatcher, clock: Clock) {
    this.#url = url;
    this.#dispatcher = dispatcher;
    this.#clock = clock;
  }

  forgetSession(): void {
    this.#cookie = undefined;
  }

  /** The `<…Response>` element. @throws VimFault when vSphere refused, SpringtideError when it could not be asked. */
  async send(call: SoapCall): Promise<XmlElement> {
    const effect = call.kind === 'read' ? 'none' : 'maybe';
    const { status, text } = await this.#exchange(call, effect);
    if (!text.trimStart().startsWith('<') || !/Envelope/.test(text.slice(0, 500))) {
      throw statusError(status, call.method, effect);
    }
    const body = childOf(readable(text, effect), 'Body');
    const fault = childOf(body, 'Fault');
    if (fault !== undefined) throw readSoapFault(fault);
    const answer = childOf(body, `${call.method}Response`);
    if (answer === undefined) throw statusError(status, call.method, effect);
    return answer;
  }

  async #exchange(call: SoapCall, effect: PossibleEffect): Promise<{ status: number; text: string }> {
    const leftMs = parseInstant(call.deadline).getTime() - this.#clock.now().getTime();
    if (leftMs <= 0) {
      throw new SpringtideError('timeout', `${call.method} was not sent: its deadline has passed`, {
        effect: 'none',
      });
    }
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${NAMESPACE}/${VERSION}"` };
    try {
      const response = await request(this.#url, {
        method: 'POST',
        dispatcher: this.#dispatcher,
        headers: this.#cookie === undefined ? headers : { ...headers, cookie: this.#cookie },
        body: envelope(call),
        signal: AbortSignal.timeout(Math.ceil(leftMs)),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      this.#keepCookie(response.headers['set-cookie']);
      return { status: response.statusCode, text: await readBody(response.body) };
    } catch (thrown) {
      throw transportError(thrown, call.method, effect);
    }
  }

  #keepCookie(header: string | string[] | undefined): void {
    const cookies = header === undefined ? [] : [header].flat();
    const session = cookies.find((cookie) => cookie.startsWith('vmware_soap_session='));
    if (session !== undefined) this.#cookie = session.split(';')[0];
  }
}

/** A reference as an argument: the type as attribute, the id as text. */
export function reference(name: string, object: MoRef): XmlFragment {
  return element(name, object.id, { type: object.type });
}

export function readReference(from: XmlElement | undefined): MoRef | undefined {
  if (from === undefined || from.text === '') return undefined;
  return { type: from.attributes['type'] ?? '', id: from.text };
}

function envelope(call: SoapCall): string {
  const operation = element(call.method, [reference('_this', call.target), ...(call.arguments ?? [])], {
    xmlns: NAMESPACE,
  });
  const frame = element('soapenv:Envelope', element('soapenv:Body', operation), {
    'xmlns:soapenv': 'http://schemas.xmlsoap.org/soap/envelope/',
    'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  });
  return `<?xml version="1.0" encoding="UTF-8"?>${frame.xml}`;
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.byteLength;
    if (size > LARGEST_ANSWER) throw new SpringtideError('unavailable', 'the answer of vSphere is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readable(text: string, effect: PossibleEffect): XmlElement {
  try {
    return parseXml(text);
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    throw new SpringtideError(thrown.code, thrown.message, { effect, cause: thrown });
  }
}

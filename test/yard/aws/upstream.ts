import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { formBody, type WireAnswer, type WireCall } from './query-protocol.js';
import { signedHeaders, type SigningKey } from './sigv4.js';
import { parseXml, type XmlElement } from './xml-element.js';

const API_VERSIONS = {
  ec2: '2016-11-15',
  sts: '2011-06-15',
  elasticloadbalancing: '2015-12-01',
  iam: '2010-05-08',
} as const;

/** Who calls the emulator while it judges signatures and rights: the yard itself, and its callers by their key id. */
type UpstreamKeys = Readonly<{ yard: SigningKey; callers: ReadonlyMap<string, string> }>;

type Place = Readonly<{ service: string; region: string; accessKeyId?: string }>;

/** The emulator behind the front. */
export class Upstream {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  #keys: UpstreamKeys | undefined;

  constructor(private readonly port: number) {}

  /** Passes a call on, with other parameters if given. */
  async forward(call: WireCall, params?: ReadonlyMap<string, string>): Promise<WireAnswer> {
    const body = params === undefined ? call.body : formBody(params);
    const { host: _host, 'content-length': _length, connection: _connection, ...headers } = call.headers;
    return this.send(call.method, call.target, headers as Record<string, string>, body, call);
  }

  /** From here on the emulator judges: everything is signed, by the caller's own key or by the yard's. */
  guard(keys: UpstreamKeys): void {
    this.#keys = keys;
  }

  unguard(): void {
    this.#keys = undefined;
  }

  /** A call of the yard itself: the emulator reads region and service from the header and checks no signature. */
  async query(
    service: keyof typeof API_VERSIONS,
    region: string,
    params: Readonly<Record<string, string>>,
  ): Promise<XmlElement> {
    const version = API_VERSIONS[service];
    const answer = await this.send(
      'POST',
      '/',
      {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `AWS4-HMAC-SHA256 Credential=yard/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      },
      formBody(new Map(Object.entries({ Version: version, ...params }))),
      { service, region },
    );
    if (answer.status >= 300)
      throw new Error(`${params['Action']} failed in the emulator: ${String(answer.body)}`);
    return parseXml(String(answer.body));
  }

  /** As `query`, for a service that speaks XML over paths. */
  async rest(method: string, path: string, service: string, body = ''): Promise<XmlElement> {
    const scope = `Credential=yard/20260101/us-east-1/${service}/aws4_request`;
    const headers = {
      'content-type': 'application/xml',
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
    };
    const place = { service, region: 'us-east-1' };
    const answer = await this.send(method, path, headers, Buffer.from(body), place);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} failed in the emulator: ${String(answer.body)}`);
    return parseXml(String(answer.body));
  }

  /** The emulator's own door. */
  async control(path: string, body = ''): Promise<void> {
    const answer = await this.send('POST', path, {}, Buffer.from(body));
    if (answer.status >= 300) throw new Error(`${path} failed in the emulator: ${String(answer.body)}`);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    place?: Place,
  ): Promise<WireAnswer> {
    const signed = place === undefined ? {} : this.#signed(method, path, body, place);
    return new Promise((resolve, reject) => {
      const options = { agent: this.agent, host: '127.0.0.1', port: this.port, method, path };
      const outgoing = request(
        { ...options, headers: { ...headers, ...signed, 'content-length': body.length } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            resolve({
              status: incoming.statusCode ?? 502,
              headers: answerHeaders(incoming.headers),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** A call that came through the front was signed for the front's address: in the emulator's eyes for another one. */
  #signed(method: string, path: string, body: Buffer, place: Place): Record<string, string> {
    const keys = this.#keys;
    if (keys === undefined) return {};
    const { accessKeyId = '' } = place;
    const secret = keys.callers.get(accessKeyId);
    const key = secret === undefined ? keys.yard : { accessKeyId, secret };
    return signedHeaders({ method, path, body, host: `127.0.0.1:${this.port}` }, key, place);
  }
}

/** Services that speak in paths name their errors in a header. */
function answerHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const type = headers['x-amzn-errortype'];
  return {
    'content-type': headers['content-type'] ?? 'text/xml',
    ...(typeof type === 'string' ? { 'x-amzn-errortype': type } : {}),
  };
}

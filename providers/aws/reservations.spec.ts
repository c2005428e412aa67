import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { manifest } from './index.js';

type Row = Readonly<Record<string, string>>;

const OPEN: Row = {
  capacityReservationId: 'cr-open',
  instanceType: 'c6i.large',
  instancePlatform: 'Linux/UNIX',
  availabilityZone: 'eu-central-1a',
  tenancy: 'default',
  totalInstanceCount: '20',
  availableInstanceCount: '17',
  state: 'active',
  instanceMatchCriteria: 'open',
  startDate: '2026-11-01T00:00:00.000Z',
  endDateType: 'unlimited',
};

const itemOf = (row: Row): string =>
  `<item>${Object.entries(row)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</item>`;

const answerOf = (rows: readonly Row[], next = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<DescribeCapacityReservationsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>r</requestId>
  <capacityReservationSet>${rows.map(itemOf).join('')}</capacityReservationSet>
  ${next === '' ? '' : `<nextToken>${next}</nextToken>`}
</DescribeCapacityReservationsResponse>`;

const REFUSED = `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized.</Message></Error></Errors>
<RequestID>r</RequestID></Response>`;

describe('capacity reservations of AWS, in the published wire form', () => {
  const gate = loopbackGate();
  let pages: readonly Readonly<{ status: number; body: string }>[] = [];
  let asked: URLSearchParams[] = [];
  let server: Server;
  let client: CloudClient;

  beforeAll(async () => {
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      asked.push(new URLSearchParams(await text(request)));
      const page = pages[asked.length - 1] ?? { status: 500, body: '' };
      response.writeHead(page.status, { 'content-type': 'text/xml' }).end(page.body);
    };
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const settings = {
      regions: ['eu-central-1'],
      endpoint: `http://127.0.0.1:${port}`,
      machineTypes: ['c6i.large'],
      subnets: { 'eu-central-1a': 'subnet-1' },
    };
    const secret = { accessKeyId: 'AKIAYARDYARDYARDYARD', secretAccessKey: 'secret' };
    client = await connectAccount(manifest, settings, secret, {
      account: 'reservations',
      clock: systemClock,
      gate,
      log: silentLogger,
    });
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await new Promise((done) => server.close(done));
  });

  const read = async (...bodies: readonly string[]) => {
    pages = bodies.map((body) => ({ status: 200, body }));
    return await client.compute.listReservations({ region: 'eu-central-1' });
  };

  it('are read to the last page, with what is free in them and until when they stand', async () => {
    const limited = { ...OPEN, capacityReservationId: 'cr-2', endDateType: 'limited' };
    const found = await read(
      answerOf([OPEN], 'more'),
      answerOf([{ ...limited, endDate: '2026-11-12T00:00:00.000Z' }]),
    );
    const common = { region: 'eu-central-1', zone: 'eu-central-1a', machineType: 'c6i.large' };
    const counts = { machines: 20, free: 17, startsAt: '2026-11-01T00:00:00.000Z' };
    expect(found).toEqual([
      { id: 'cr-open', ...common, ...counts },
      { id: 'cr-2', ...common, ...counts, endsAt: '2026-11-12T00:00:00.000Z' },
    ]);
    expect(asked.map((query) => [query.get('Action'), query.get('NextToken')])).toEqual([
      ['DescribeCapacityReservations', null],
      ['DescribeCapacityReservations', 'more'],
    ]);
  });

  it.each<[string, Row]>([
    ['that wait for launches which name them', { instanceMatchCriteria: 'targeted' }],
    ['on hardware of the customer’s own', { tenancy: 'dedicated' }],
    ['for another system', { instancePlatform: 'Windows' }],
    ['that are given up', { state: 'cancelled' }],
  ])('%s are not counted: our launches take none of them', async (_what, change) => {
    expect(await read(answerOf([{ ...OPEN, ...change }]))).toEqual([]);
  });

  it('that begin on a later day are whole from then on', async () => {
    const later = { ...OPEN, state: 'scheduled', availableInstanceCount: '0' };
    expect(await read(answerOf([{ ...later, startDate: '2026-11-10T00:00:00.000Z' }]))).toMatchObject([
      { free: 20, startsAt: '2026-11-10T00:00:00.000Z' },
    ]);
  });

  it('are an error where the right to read them is missing, never an empty list', async () => {
    pages = [{ status: 403, body: REFUSED }];
    await expect(client.compute.listReservations({ region: 'eu-central-1' })).rejects.toMatchObject({
      code: 'permission-denied',
      effect: 'none',
    });
  });
});

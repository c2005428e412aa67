import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { SpringtideError } from '@springtide/kernel';
import { z } from 'zod';
import type { CloudPlanInput, SimulatedCloud } from '../../../providers/simulated/index.js';
import { planRequestSchema, planOf } from './cloud-file.js';

const LARGEST_BODY = 1024 * 1024;

type Clouds = ReadonlyMap<string, SimulatedCloud>;
type Open = (name: string, plan: CloudPlanInput) => void;
type Answer = Readonly<{ status: number; body: unknown; delayMs?: number; lost?: boolean }>;

/**
 * GET /health · GET /machines (all clouds) · PUT /clouds/<name> (a plan; replaces) · GET /clouds/<name>/machines · GET /clouds/<name>/satellites ·
 * POST /clouds/<name>/admin · POST /clouds/<name>/v1/<operation>, which alone is what a provider speaks.
 */
export function cloudRoutes(clouds: Clouds, open: Open): RequestListener {
  return (request, response) => {
    void answerTo(request, clouds, open)
      .catch((thrown: unknown) => refusal(thrown))
      .then((answer) => deliver(answer, response));
  };
}

async function answerTo(request: IncomingMessage, clouds: Clouds, open: Open): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://yard');
  const [first, name, section, operation] = pathname.slice(1).split('/').map(decodeURIComponent);
  const route = `${request.method} ${first}`;
  if (route === 'GET health') return { status: 200, body: { status: 'up', clouds: [...clouds.keys()] } };
  if (route === 'GET machines') return { status: 200, body: allMachines(clouds) };
  if (first !== 'clouds' || name === undefined || name === '')
    return { status: 404, body: notHere(pathname) };
  if (request.method === 'PUT' && section === undefined) {
    open(name, planOf(planRequestSchema.parse(await jsonBody(request))));
    return { status: 201, body: { cloud: name } };
  }
  const cloud = clouds.get(name);
  if (cloud === undefined) return { status: 404, body: notHere(pathname) };
  return cloudAnswer(request, cloud, section, operation);
}

async function cloudAnswer(
  request: IncomingMessage,
  cloud: SimulatedCloud,
  section: string | undefined,
  operation: string | undefined,
): Promise<Answer> {
  if (request.method === 'GET' && section === 'machines') return { status: 200, body: cloud.machines() };
  if (request.method === 'GET' && section === 'satellites') return { status: 200, body: cloud.satellites() };
  if (request.method !== 'POST') return { status: 405, body: notHere(request.url ?? '') };
  const body = await jsonBody(request);
  if (section === 'admin') return { status: 200, body: cloud.administer(body as never) };
  if (section !== 'v1' || operation === undefined) return { status: 404, body: notHere(request.url ?? '') };
  const session = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const { delivery, ...reply } = cloud.handle({ operation, session, body });
  return { ...reply, ...delivery };
}

function allMachines(clouds: Clouds): unknown[] {
  return [...clouds].flatMap(([name, cloud]) =>
    cloud.machines().map((machine) => ({ cloud: name, ...machine })),
  );
}

async function deliver(answer: Answer, response: ServerResponse): Promise<void> {
  if (answer.delayMs !== undefined && answer.delayMs > 0) {
    await new Promise((resolve) => {
      setTimeout(resolve, answer.delayMs).unref();
    });
  }
  if (answer.lost === true) {
    response.socket?.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer.body));
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) throw new SpringtideError('invalid-argument', 'the body is larger than 1 MiB');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch (cause) {
    throw new SpringtideError('invalid-argument', 'the body is not JSON', { cause });
  }
}

function refusal(thrown: unknown): Answer {
  if (thrown instanceof z.ZodError) return { status: 400, body: problem(z.prettifyError(thrown)) };
  if (thrown instanceof SpringtideError) {
    return { status: thrown.code === 'not-found' ? 404 : 400, body: problem(thrown.message) };
  }
  return { status: 500, body: problem(String(thrown)) };
}

function problem(message: string) {
  return { error: { code: 'InvalidParameter', message } };
}

function notHere(path: string) {
  return { error: { code: 'NotFound', message: `nothing at ${path}` } };
}

import { SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import { z } from 'zod';
import {
  adminRequestSchema,
  type AdminAnswer,
  type AdminInput,
  type AdminRequest,
} from './administration.js';
import { CallBudget } from './call-budget.js';
import { CloudError } from './cloud-error.js';
import { statusOf } from './cloud-machine.js';
import { FaultDesk } from './fault-desk.js';
import { LaunchDesk } from './launching.js';
import { MachinePark } from './machine-park.js';
import { Operations } from './operations.js';
import { cloudPlanSchema, type CloudPlan, type CloudPlanInput } from './plan.js';
import { draw } from './seeded-draw.js';
import { isOperation, requestSchemas, type CloudCall, type CloudReply, type Delivery } from './wire.js';

const READS = /^(Describe|List|Get|WhoAmI)/;
const AT_ONCE: Delivery = { lost: false, delayMs: 0 };

/** A machine as the boot agent and the yard's oracle see it: ground truth, without lag, faults or credentials. */
export type TrueMachine = Readonly<{
  id: string;
  name: string;
  machineType: string;
  region: string;
  zone: string;
  address: string;
  state: 'pending' | 'running' | 'terminating' | 'failed';
  createdAt: Instant;
  labels: Readonly<Record<string, string>>;
  /** As the machine reads it. */
  userData?: string;
}>;

/** What outlived its machine, or hangs on it, and was not released: ground truth as well. */
export type TrueSatellite = Readonly<{
  id: string;
  kind: 'disk' | 'address';
  region: string;
  machineId: string;
  labels: Readonly<Record<string, string>>;
}>;

const TRUE_STATE = { booting: 'pending', up: 'running', ending: 'terminating', error: 'failed' } as const;

/**
 * A whole cloud in one object: deterministic by plan, clock and calls. It has no timers; every call first lets the
 * time that has passed take its effect.
 */
export class SimulatedCloud {
  readonly plan: CloudPlan;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #park: MachinePark;
  readonly #faults: FaultDesk;
  readonly #operations: Operations;
  readonly #budgets: Readonly<Record<'read' | 'mutate', CallBudget>>;
  readonly #sessions = new Set<string>();
  #logins = 0;
  #skewMs = 0;
  #aheadMs = 0;

  /** @throws invalid-argument when the plan does not parse. */
  constructor(plan: CloudPlanInput, clock: Pick<Clock, 'now'>) {
    this.plan = parsePlan(plan);
    this.#clock = clock;
    this.#park = new MachinePark(this.plan);
    this.#faults = new FaultDesk(this.plan);
    const launches = new LaunchDesk(this.plan, this.#park, this.#faults);
    this.#operations = new Operations(this.plan, this.#park, this.#faults, launches);
    const { rates } = this.plan.behaviour;
    this.#budgets = { read: new CallBudget(rates.read), mutate: new CallBudget(rates.mutate) };
  }

  /** One call as it arrives on the wire. Never throws: errors are replies. */
  handle(call: CloudCall): CloudReply {
    let delivery = AT_ONCE;
    try {
      const now = this.#now();
      this.#park.sweep(now);
      if (!isOperation(call.operation)) throw new CloudError('NotFound', `no operation ${call.operation}`);
      delivery = this.#admit(call, now);
      return { status: 200, body: this.#work(call, now), delivery };
    } catch (thrown) {
      return { ...errorReply(thrown), delivery };
    }
  }

  administer(input: AdminInput): AdminAnswer {
    const now = this.#now();
    this.#park.sweep(now);
    return this.#administer(adminRequestSchema.parse(input), now);
  }

  machines(): TrueMachine[] {
    const now = this.#now();
    this.#park.sweep(now);
    return this.#park.all().map((machine) => {
      const status = statusOf(machine, now);
      return {
        id: machine.id,
        name: machine.name,
        machineType: machine.type.name,
        address: machine.address,
        region: machine.region,
        zone: machine.zone,
        labels: machine.tags,
        state: TRUE_STATE[status === 'gone' ? 'ending' : status],
        createdAt: new Date(machine.createdAt).toISOString(),
        ...(machine.userData === undefined ? {} : { userData: machine.userData }),
      };
    });
  }

  satellites(): TrueSatellite[] {
    const now = this.#now();
    this.#park.sweep(now);
    const kept = this.#park.satellites().filter(({ releasedAt }) => releasedAt > now);
    return kept.map(({ releasedAt: _releasedAt, tags, ...satellite }) => ({ ...satellite, labels: tags }));
  }

  #admit(call: CloudCall, now: number): Delivery {
    if (call.operation === 'Login') return AT_ONCE;
    if (!this.#sessions.has(call.session ?? '')) {
      throw new CloudError('SessionExpired', 'the session is not known');
    }
    this.#budgets[READS.test(call.operation) ? 'read' : 'mutate'].spend(now);
    if (!isOperation(call.operation)) return AT_ONCE;
    return this.#faults.begin(call.operation);
  }

  #work(call: CloudCall, now: number): unknown {
    if (call.operation === 'Login') return this.#login(call.body);
    if (call.operation === 'WhoAmI') return this.#whoAmI();
    if (!isOperation(call.operation)) return undefined;
    return this.#operations.run(call.operation, call.body, now);
  }

  #login(body: unknown): { session: string } {
    const { accessKey, secretKey } = requestSchemas.Login.parse(body);
    const { credentials, seed } = this.plan;
    if (accessKey !== credentials.accessKey || secretKey !== credentials.secretKey) {
      throw new CloudError('AuthFailure', `the credentials of ${accessKey} are refused`);
    }
    this.#logins += 1;
    const session = `s-${this.#logins}-${Math.floor(draw(seed, 'session', this.#logins) * 0x1_0000_0000).toString(16)}`;
    this.#sessions.add(session);
    return { session };
  }

  #whoAmI() {
    const { credentials, kind, product, regions } = this.plan;
    return {
      identity: credentials.accessKey,
      kind,
      product,
      regions: regions.map((region) => region.id),
      permissions: Object.keys(requestSchemas).filter((name) => name !== 'Login'),
      time: new Date(this.#now() + this.#skewMs).toISOString(),
    };
  }

  #administer(request: AdminRequest, now: number): AdminAnswer {
    switch (request.action) {
      case 'inject':
        this.#faults.inject(request);
        return {};
      case 'limit-room':
        this.#faults.limitRoom(request.zone, request.machineType, request.machines);
        return {};
      case 'exhaust-quota':
        this.#faults.quotaExhausted = request.on;
        return {};
      case 'hide-new':
        this.#faults.readLagMs = request.forMs ?? undefined;
        return {};
      case 'skew-clock':
        this.#skewMs = request.byMs;
        return {};
      case 'pass-time':
        this.#aheadMs += request.ms;
        return {};
      case 'expire-sessions':
        this.#sessions.clear();
        return {};
      case 'delete-outside':
        this.#park.removeByOthers(this.#known(request.id), now);
        return {};
      case 'interrupt':
        this.#known(request.id).interruptedAt = now + (request.inMs ?? 0);
        return {};
      case 'create-foreign':
        return { id: this.#operations.createForeign(now, request) };
      case 'attach-satellite':
        return { id: this.#park.attach(this.#known(request.machineId), 'disk').id };
      case 'reset':
        return this.#reset(now);
    }
  }

  #reset(now: number): AdminAnswer {
    this.#faults.clear();
    this.#skewMs = 0;
    this.#operations.removeForeign(now);
    return {};
  }

  #known(id: string) {
    const machine = this.#park.get(id);
    if (machine !== undefined) return machine;
    throw new SpringtideError('not-found', `the simulated cloud has no machine ${id}`);
  }

  #now(): number {
    return this.#clock.now().getTime() + this.#aheadMs;
  }
}

function parsePlan(input: CloudPlanInput): CloudPlan {
  const parsed = cloudPlanSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new SpringtideError(
    'invalid-argument',
    `the simulated cloud cannot be made: ${z.prettifyError(parsed.error)}`,
  );
}

function errorReply(thrown: unknown): { status: number; body: unknown } {
  if (thrown instanceof CloudError) {
    const { code, message, status, retryAfterMs } = thrown;
    return {
      status,
      body: { error: { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } },
    };
  }
  if (thrown instanceof z.ZodError) {
    return { status: 400, body: { error: { code: 'InvalidParameter', message: z.prettifyError(thrown) } } };
  }
  return { status: 500, body: { error: { code: 'FluxCapacitor', message: String(thrown) } } };
}

import { asSpringtideError, SpringtideError, type Instant } from '@springtide/kernel';
import { isFault, faultOf, meaningOf } from '../error-map.js';
import { readReference, type MoRef, type SoapCall, type SoapConnection } from '../soap/soap-connection.js';
import { VimFault } from '../soap/vim-fault.js';
import { childOf, textOf, type XmlElement } from '../soap/xml-reader.js';
import { element } from '../soap/xml-writer.js';

/** The managers of this vCenter, and what it says of itself. */
export type ServiceContent = Readonly<{
  rootFolder: MoRef;
  propertyCollector: MoRef;
  viewManager: MoRef;
  searchIndex: MoRef;
  sessionManager: MoRef;
  taskManager: MoRef;
  authorizationManager: MoRef;
  eventManager: MoRef;
  product: string;
}>;

export type Login = Readonly<{ user: string; password: string }>;
export type UserSession = Readonly<{ key: string; userName: string }>;

const SERVICE_INSTANCE: MoRef = { type: 'ServiceInstance', id: 'ServiceInstance' };

/**
 * A logged-in vSphere. Logs in on first use; when vSphere has forgotten the session, logs in once more and repeats the
 * call, which is safe for changes too: NotAuthenticated means that nothing was done.
 */
export class VimSession {
  readonly #connection: SoapConnection;
  readonly #login: Login;
  #content: ServiceContent | undefined;
  #session: Promise<UserSession> | undefined;

  constructor(connection: SoapConnection, login: Login) {
    this.#connection = connection;
    this.#login = login;
  }

  /** @throws SpringtideError; where vSphere refused, its cause is the VimFault. */
  async call(call: SoapCall): Promise<XmlElement> {
    const session = await this.login(call.deadline);
    try {
      return await this.#send(call);
    } catch (thrown) {
      if (!isFault(thrown, 'NotAuthenticated')) throw thrown;
      await this.#loginAgain(session, call.deadline);
      return this.#send(call);
    }
  }

  async content(deadline: Instant): Promise<ServiceContent> {
    this.#content ??= readContent(
      await this.#send({
        method: 'RetrieveServiceContent',
        target: SERVICE_INSTANCE,
        kind: 'read',
        deadline,
      }),
    );
    return this.#content;
  }

  /** The current session, opened now if there is none. @throws unauthenticated. */
  async login(deadline: Instant): Promise<UserSession> {
    this.#session ??= this.#openSession(deadline);
    const opening = this.#session;
    try {
      return await opening;
    } catch (thrown) {
      if (this.#session === opening) this.#session = undefined;
      throw thrown;
    }
  }

  async currentTime(deadline: Instant): Promise<Date> {
    const answer = await this.call({
      method: 'CurrentTime',
      target: SERVICE_INSTANCE,
      kind: 'read',
      deadline,
    });
    return new Date(textOf(answer, 'returnval') ?? Number.NaN);
  }

  async logout(deadline: Instant): Promise<void> {
    if (this.#session === undefined) return;
    this.#session = undefined;
    const { sessionManager } = await this.content(deadline);
    await this.#send({ method: 'Logout', target: sessionManager, kind: 'read', deadline });
    this.#connection.forgetSession();
  }

  /** Several calls may find the session dead at once: only the first of them replaces it. */
  async #loginAgain(dead: UserSession, deadline: Instant): Promise<void> {
    const current = await this.#session?.catch(() => undefined);
    if (current === undefined || current.key === dead.key) this.#session = undefined;
    await this.login(deadline);
  }

  async #openSession(deadline: Instant): Promise<UserSession> {
    const { sessionManager } = await this.content(deadline);
    // vSphere refuses a login inside a session that still lives.
    this.#connection.forgetSession();
    const credentials = [element('userName', this.#login.user), element('password', this.#login.password)];
    const answer = await this.#send({
      method: 'Login',
      target: sessionManager,
      arguments: credentials,
      kind: 'read',
      deadline,
    });
    const key = textOf(answer, 'returnval', 'key');
    const userName = textOf(answer, 'returnval', 'userName');
    if (key === undefined || userName === undefined) {
      throw new SpringtideError('unavailable', 'the login was answered without a session', {
        effect: 'none',
      });
    }
    return { key, userName };
  }

  async #send(call: SoapCall): Promise<XmlElement> {
    try {
      return await this.#connection.send(call);
    } catch (thrown) {
      if (!(thrown instanceof VimFault)) throw asSpringtideError(thrown);
      const error = meaningOf(thrown, call.method);
      // A read has no effect, whatever its fault turns out to be.
      throw call.kind === 'read' ? withoutEffect(error) : error;
    }
  }
}

function withoutEffect(error: SpringtideError): SpringtideError {
  if (error.effect === 'none') return error;
  return new SpringtideError(error.code, error.message, {
    retry: error.retry,
    effect: 'none',
    facts: error.facts,
    cause: faultOf(error),
  });
}

function readContent(answer: XmlElement): ServiceContent {
  const content = childOf(answer, 'returnval');
  const product = textOf(content, 'about', 'fullName') ?? 'unknown product';
  if (textOf(content, 'about', 'apiType') !== 'VirtualCenter') {
    throw new SpringtideError('failed-precondition', `the endpoint is no vCenter but ${product}`, {
      nextStep: 'Register the vCenter, not a single ESXi host.',
    });
  }
  const manager = (name: string): MoRef => {
    const found = readReference(childOf(content, name));
    if (found !== undefined) return found;
    throw new SpringtideError('failed-precondition', `the vCenter names no ${name}; nothing was sent to it`);
  };
  return {
    rootFolder: manager('rootFolder'),
    propertyCollector: manager('propertyCollector'),
    viewManager: manager('viewManager'),
    searchIndex: manager('searchIndex'),
    sessionManager: manager('sessionManager'),
    taskManager: manager('taskManager'),
    authorizationManager: manager('authorizationManager'),
    eventManager: manager('eventManager'),
    product,
  };
}

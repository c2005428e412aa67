import { SpringtideError, type Instant } from '@springtide/kernel';
import { isFault } from '../error-map.js';
import { readReference, reference, type MoRef } from '../soap/soap-connection.js';
import { childOf, childrenOf, textOf, type XmlElement } from '../soap/xml-reader.js';
import { element, typed, type XmlFragment } from '../soap/xml-writer.js';
import type { VimSession } from './vim-session.js';

/** The properties wanted of each type of object. */
export type PropertyWish = Readonly<Record<string, readonly string[]>>;

/** A property that an object does not have is absent from the map. */
export type ObjectContent = Readonly<{ object: MoRef; properties: ReadonlyMap<string, XmlElement> }>;

const REPORT_MISSING = element('reportMissingObjectsInResults', true);

type Page = Readonly<{ objects: readonly ObjectContent[]; token: string | undefined }>;

/** Properties of these objects; those that no longer exist are left out of the answer. */
export async function readObjects(
  session: VimSession,
  objects: readonly MoRef[],
  wish: PropertyWish,
  deadline: Instant,
): Promise<readonly ObjectContent[]> {
  if (objects.length === 0) return [];
  const found: ObjectContent[] = [];
  const sets = objects.map((object) =>
    element('objectSet', [reference('obj', object), element('skip', false)]),
  );
  const spec = element('specSet', [...propertySets(wish), ...sets, REPORT_MISSING]);
  for await (const page of pages(session, spec, { pageSize: 500, deadline })) found.push(...page.objects);
  return found;
}

/** Everything of the wished types below the container, page by page; `complete` only on the last page. */
export async function* readTree(
  session: VimSession,
  container: MoRef,
  wish: PropertyWish,
  options: Readonly<{ pageSize: number; deadline: Instant }>,
): AsyncGenerator<Readonly<{ objects: readonly ObjectContent[]; complete: boolean }>> {
  const { deadline } = options;
  const view = await createView(session, container, Object.keys(wish), deadline);
  try {
    for await (const page of pages(session, filterSpec('specSet', view, wish), options)) {
      yield { objects: page.objects, complete: page.token === undefined };
    }
  } catch (thrown) {
    throw isFault(thrown, 'ManagedObjectNotFound', 'InvalidProperty') ? cutShort(thrown) : thrown;
  } finally {
    await destroyView(session, view, deadline);
  }
}

/** View and page token belong to a session: with it they are gone, and the listing with them. */
function cutShort(cause: unknown): SpringtideError {
  return new SpringtideError('unavailable', 'vSphere gave up a listing before its end; it says nothing', {
    effect: 'none',
    cause,
  });
}

export async function readWholeTree(
  session: VimSession,
  container: MoRef,
  wish: PropertyWish,
  deadline: Instant,
): Promise<readonly ObjectContent[]> {
  const found: ObjectContent[] = [];
  for await (const page of readTree(session, container, wish, { pageSize: 500, deadline })) {
    found.push(...page.objects);
  }
  return found;
}

export function propertyText(content: ObjectContent, name: string): string | undefined {
  return content.properties.get(name)?.text;
}

export function propertyReference(content: ObjectContent, name: string): MoRef | undefined {
  return readReference(content.properties.get(name));
}

/** Of a property that is a list of references. */
export function propertyReferences(content: ObjectContent, name: string): readonly MoRef[] {
  return childrenOf(content.properties.get(name), 'ManagedObjectReference').flatMap(
    (item) => readReference(item) ?? [],
  );
}

async function* pages(
  session: VimSession,
  spec: XmlFragment,
  options: Readonly<{ pageSize: number; deadline: Instant }>,
): AsyncGenerator<Page> {
  const { deadline } = options;
  const { propertyCollector } = await session.content(deadline);
  let page = readPage(
    await session.call({
      method: 'RetrievePropertiesEx',
      target: propertyCollector,
      arguments: [spec, element('options', element('maxObjects', options.pageSize))],
      kind: 'read',
      deadline,
    }),
  );
  yield page;
  while (page.token !== undefined) {
    page = readPage(
      await session.call({
        method: 'ContinueRetrievePropertiesEx',
        target: propertyCollector,
        arguments: [element('token', page.token)],
        kind: 'read',
        deadline,
      }),
    );
    yield page;
  }
}

export async function createView(
  session: VimSession,
  container: MoRef,
  types: readonly string[],
  deadline: Instant,
): Promise<MoRef> {
  const { viewManager } = await session.content(deadline);
  const answer = await session.call({
    method: 'CreateContainerView',
    target: viewManager,
    arguments: [
      reference('container', container),
      ...types.map((type) => element('type', type)),
      element('recursive', true),
    ],
    kind: 'read',
    deadline,
  });
  return readReference(childOf(answer, 'returnval')) ?? { type: 'ContainerView', id: '' };
}

/** A view that cannot be destroyed ends with the session; what was read through it is not affected. */
export async function destroyView(session: VimSession, view: MoRef, deadline: Instant): Promise<void> {
  await session.call({ method: 'DestroyView', target: view, kind: 'read', deadline }).catch(() => undefined);
}

/** The wished properties of everything that the view holds. */
export function filterSpec(name: string, view: MoRef, wish: PropertyWish): XmlFragment {
  const objects = element('objectSet', [reference('obj', view), element('skip', true), throughView()]);
  return element(name, [...propertySets(wish), objects, REPORT_MISSING]);
}

function throughView(): XmlFragment {
  return typed('selectSet', 'TraversalSpec', [
    element('name', 'view'),
    element('type', 'ContainerView'),
    element('path', 'view'),
    element('skip', false),
  ]);
}

function propertySets(wish: PropertyWish): XmlFragment[] {
  return Object.entries(wish).map(([type, paths]) =>
    element('propSet', [
      element('type', type),
      element('all', false),
      ...paths.map((path) => element('pathSet', path)),
    ]),
  );
}

function readPage(answer: XmlElement): Page {
  const result = childOf(answer, 'returnval');
  return { objects: childrenOf(result, 'objects').flatMap(readContent), token: textOf(result, 'token') };
}

function readContent(content: XmlElement): ObjectContent[] {
  const object = readReference(childOf(content, 'obj'));
  if (object === undefined) return [];
  return [{ object, properties: readProperties(childrenOf(content, 'propSet')) }];
}

/** From elements with a name and, where the object has the property, a value. */
export function readProperties(changes: readonly XmlElement[]): ReadonlyMap<string, XmlElement> {
  const properties = new Map<string, XmlElement>();
  for (const change of changes) {
    const name = textOf(change, 'name');
    const value = childOf(change, 'val');
    if (name !== undefined && value !== undefined) properties.set(name, value);
  }
  return properties;
}

import { EventReader } from './event-stream.js';

const stream =
  'retry: 1000\n\nid: 7\nevent: timeline\ndata: {"id":7}\n\n: still here\n\nevent: run\ndata: {"a":\ndata: 1}\n\n';
const events = [
  { name: 'timeline', data: '{"id":7}', id: '7' },
  { name: 'run', data: '{"a":\n1}', id: null },
];

describe('reading server-sent events', () => {
  it('gives events only, with their name, text and id', () => {
    expect(new EventReader().take(stream)).toEqual(events);
  });

  it.each([1, 2, 3, 7, 31])('gives the same when the stream comes in pieces of %d', (size) => {
    const reader = new EventReader();
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.slice(index * size, (index + 1) * size),
    );
    expect(pieces.flatMap((piece) => reader.take(piece))).toEqual(events);
  });

  it('keeps an event back until it is whole', () => {
    const reader = new EventReader();
    expect(reader.take('event: run\ndata: {}\n')).toEqual([]);
    expect(reader.take('\n')).toEqual([{ name: 'run', data: '{}', id: null }]);
  });

  it('understands line ends of the other kind', () => {
    const reader = new EventReader();
    expect(reader.take(stream.replaceAll('\n', '\r\n'))).toEqual(events);
  });
});

/** One server-sent event; `id` is kept by the reader to go on from. */
export type StreamEvent = Readonly<{ name: string; data: string; id: string | null }>;

/**
 * Splits a stream of text into events, as it arrives in pieces of any size.
 * The browser's own EventSource cannot send the Authorization header.
 */
export class EventReader {
  #rest = '';

  /** The events completed by this piece. */
  take(piece: string): StreamEvent[] {
    this.#rest += piece.replaceAll('\r\n', '\n');
    const blocks = this.#rest.split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => readBlock(block));
  }
}

function readBlock(block: string): StreamEvent[] {
  let name = 'message';
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    const field = line.slice(0, colon);
    if (field === 'event') name = value;
    else if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
  }
  return data.length === 0 ? [] : [{ name, data: data.join('\n'), id }];
}

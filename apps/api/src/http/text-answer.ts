/** An answer that is not JSON: a whole text or file, or pieces sent as they come. */
export class TextAnswer {
  constructor(
    readonly contentType: string,
    readonly content: string | Uint8Array | AsyncIterable<string>,
    readonly options: Readonly<{ fileName?: string }> = {},
  ) {}
}

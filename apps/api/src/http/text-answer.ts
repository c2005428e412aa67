/** An answer that is not JSON: a whole text, or pieces sent as they come. */
export class TextAnswer {
  constructor(
    readonly contentType: string,
    readonly content: string | AsyncIterable<string>,
    readonly options: Readonly<{ fileName?: string }> = {},
  ) {}
}

import { createRequire } from 'node:module';
import Pdf from 'pdfkit';

const require = createRequire(import.meta.url);
/** One family for both languages; what is used of it is embedded, nothing else. */
const FONTS = {
  body: require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  bold: require.resolve('@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf'),
} as const;

export const INK = {
  text: '#1a2230',
  quiet: '#5c6675',
  line: '#c9d0da',
  head: '#eef1f5',
  bad: '#b42318',
} as const;

const MARGIN = 48;
const FOOT = 30;
const PADDING = 4;

export type PrintColumn = Readonly<{ title: string; share: number; numeric?: boolean }>;

/** A4 pages written from top to bottom: what does not fit goes to the next page, tables with their heading. */
export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly left = MARGIN;
  readonly width: number;

  constructor(info: Readonly<{ title: string; author: string; createdAt: Date; language: string }>) {
    this.doc = new Pdf({
      size: 'A4',
      margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT },
      bufferPages: true,
      lang: info.language,
      info: { Title: info.title, Author: info.author, CreationDate: info.createdAt, Producer: 'Springtide' },
    });
    this.doc.registerFont('body', FONTS.body);
    this.doc.registerFont('bold', FONTS.bold);
    this.width = this.doc.page.width - 2 * MARGIN;
  }

  get y(): number {
    return this.doc.y;
  }

  /** Begins a new page unless so much is left of this one. */
  need(height: number): void {
    if (this.doc.y + height > this.doc.page.height - MARGIN - FOOT) this.doc.addPage();
  }

  gap(height: number): void {
    this.doc.y += height;
  }

  title(text: string): void {
    this.write(text, { font: 'bold', size: 20 });
    this.gap(4);
  }

  /** Never alone at the foot of a page. */
  heading(text: string, follows = 60): void {
    this.gap(10);
    this.need(24 + follows);
    this.write(text, { font: 'bold', size: 12 });
    this.gap(3);
  }

  text(text: string, options: Readonly<{ quiet?: boolean; bad?: boolean; size?: number }> = {}): void {
    const { size = 9.5 } = options;
    this.doc.font('body').fontSize(size);
    this.need(Math.min(this.doc.heightOfString(text, { width: this.width }), 120));
    const colour = options.bad ? INK.bad : options.quiet ? INK.quiet : INK.text;
    this.write(text, { font: 'body', size, colour });
    this.gap(2);
  }

  bullets(lines: readonly string[]): void {
    for (const line of lines) {
      this.doc.font('body').fontSize(9.5);
      const height = this.doc.heightOfString(line, { width: this.width - 12 });
      this.need(height);
      const y = this.doc.y;
      this.doc.fillColor(INK.text).text('•', this.left, y, { lineBreak: false });
      this.doc.text(line, this.left + 12, y, { width: this.width - 12 });
      this.gap(2);
    }
  }

  /** Names and values, one line each. */
  facts(rows: readonly (readonly [name: string, value: string])[]): void {
    const names = 130;
    for (const [name, value] of rows) {
      this.doc.font('body').fontSize(9.5);
      const height = this.doc.heightOfString(value, { width: this.width - names });
      this.need(height);
      const y = this.doc.y;
      this.doc.fillColor(INK.quiet).text(name, this.left, y, { width: names - 8 });
      this.doc.fillColor(INK.text).text(value, this.left + names, y, { width: this.width - names });
      this.doc.y = y + height + 2;
    }
  }

  table(columns: readonly PrintColumn[], rows: readonly (readonly string[])[]): void {
    const all = columns.reduce((sum, { share }) => sum + share, 0);
    const widths = columns.map(({ share }) => (this.width * share) / all);
    const drawHead = (): void => {
      const titles = columns.map(({ title }) => title);
      const height = this.rowHeight(titles, widths, 'bold');
      this.doc.rect(this.left, this.doc.y, this.width, height).fill(INK.head);
      this.row(titles, columns, widths, 'bold');
    };
    this.need(60);
    drawHead();
    for (const cells of rows) {
      if (this.doc.y + this.rowHeight(cells, widths, 'body') > this.doc.page.height - MARGIN - FOOT) {
        this.doc.addPage();
        drawHead();
      }
      this.row(cells, columns, widths, 'body');
    }
    this.gap(4);
  }

  /** Says at the foot of every page what it belongs to. */
  feet(line: (page: number, pages: number) => string): void {
    const { count } = this.doc.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.doc.switchToPage(page);
      // The foot lies in the margin, where text would otherwise begin a page of its own.
      this.doc.page.margins.bottom = 0;
      const y = this.doc.page.height - MARGIN - FOOT / 3;
      this.doc.font('body').fontSize(7.5).fillColor(INK.quiet);
      this.doc.text(line(page + 1, count), this.left, y, {
        width: this.width,
        align: 'center',
        lineBreak: false,
      });
    }
  }

  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    return await new Promise((resolve, reject) => {
      this.doc.on('data', (piece: Uint8Array) => pieces.push(piece));
      this.doc.once('end', () => resolve(Buffer.concat(pieces)));
      this.doc.once('error', reject);
      this.doc.end();
    });
  }

  private write(
    text: string,
    { font, size, colour = INK.text }: Readonly<{ font: 'body' | 'bold'; size: number; colour?: string }>,
  ): void {
    this.doc.font(font).fontSize(size).fillColor(colour);
    this.doc.text(text, this.left, this.doc.y, { width: this.width });
  }

  private rowHeight(cells: readonly string[], widths: readonly number[], font: 'body' | 'bold'): number {
    this.doc.font(font).fontSize(8.5);
    const heights = cells.map((cell, index) =>
      this.doc.heightOfString(cell === '' ? ' ' : cell, { width: (widths[index] ?? 0) - 2 * PADDING }),
    );
    return Math.max(...heights) + 2 * PADDING;
  }

  private row(
    cells: readonly string[],
    columns: readonly PrintColumn[],
    widths: readonly number[],
    font: 'body' | 'bold',
  ): void {
    const height = this.rowHeight(cells, widths, font);
    const top = this.doc.y;
    let x = this.left;
    cells.forEach((cell, index) => {
      const width = widths[index] ?? 0;
      const align = columns[index]?.numeric ? 'right' : 'left';
      this.doc.font(font).fontSize(8.5).fillColor(INK.text);
      this.doc.text(cell, x + PADDING, top + PADDING, { width: width - 2 * PADDING, align });
      x += width;
    });
    this.doc.y = top + height;
    this.doc
      .moveTo(this.left, this.doc.y)
      .lineTo(this.left + this.width, this.doc.y)
      .lineWidth(0.5)
      .stroke(INK.line);
  }
}

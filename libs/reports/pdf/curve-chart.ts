import type { CurvePoint, ReportCurve } from '@springtide/contracts';
import type { Formats } from './formats.js';
import { INK, type Sheet } from './sheet.js';
import type { Words } from './words.js';

type Line = Readonly<{
  points: readonly CurvePoint[];
  name: string;
  colour: string;
  width: number;
  dash?: number;
  /** Steps hold their value; counted demand goes from reading to reading. */
  steps: boolean;
}>;

type Frame = Readonly<{ left: number; top: number; width: number; height: number }>;
type Scale = Readonly<{ x(at: string): number; y(value: number): number }>;

const HEIGHT = 150;
const AXIS = 44;
const GRID_LINES = 4;
const TICKS = 5;

/** One service over time, as lines that stay sharp at any size; marks differ by dash and width, not by colour alone. */
export function drawCurve(sheet: Sheet, curve: ReportCurve, words: Words, formats: Formats): void {
  const lines = linesOf(curve, words);
  const ats = lines.flatMap(({ points }) => points.map((point) => Date.parse(point.at)));
  const from = Math.min(...ats);
  const to = Math.max(...ats);
  if (!(to > from)) return;
  sheet.need(HEIGHT + 60);
  sheet.text(words('curve-of', { service: curve.service }));
  const frame = { left: sheet.left + AXIS, top: sheet.y + 4, width: sheet.width - AXIS - 8, height: HEIGHT };
  const most = niceCeiling(
    Math.max(1, ...lines.flatMap(({ points }) => points.map((one) => one.requestsPerSecond))),
  );
  const scale: Scale = {
    x: (at) => frame.left + ((Date.parse(at) - from) / (to - from)) * frame.width,
    y: (value) => frame.top + frame.height - (value / most) * frame.height,
  };
  drawGrid(sheet, frame, { most, from, to }, formats);
  for (const line of lines) drawLine(sheet, line, scale, frame.left + frame.width);
  drawLegend(sheet, lines, frame);
}

function linesOf(curve: ReportCurve, words: Words): readonly Line[] {
  const taken: Line[] =
    curve.taken === null
      ? []
      : [{ points: curve.taken, name: words('taken'), colour: '#c2410c', width: 1, steps: false }];
  return [
    { points: curve.demand, name: words('demand'), colour: '#8a94a3', width: 2.4, steps: true },
    { points: curve.planned, name: words('planned'), colour: '#1d4ed8', width: 1.2, dash: 4, steps: true },
    { points: curve.ready, name: words('ready'), colour: '#047857', width: 1.4, steps: true },
    ...taken,
  ];
}

function drawGrid(
  { doc }: Sheet,
  frame: Frame,
  { most, from, to }: Readonly<{ most: number; from: number; to: number }>,
  formats: Formats,
): void {
  doc.font('body').fontSize(7).fillColor(INK.quiet);
  for (let index = 0; index <= GRID_LINES; index += 1) {
    const y = frame.top + frame.height - (index / GRID_LINES) * frame.height;
    doc
      .moveTo(frame.left, y)
      .lineTo(frame.left + frame.width, y)
      .lineWidth(0.4)
      .undash()
      .stroke(INK.line);
    const label = formats.number((most * index) / GRID_LINES, 1);
    doc.text(label, frame.left - AXIS, y - 5, { width: AXIS - 5, align: 'right', lineBreak: false });
  }
  for (let index = 0; index <= TICKS; index += 1) {
    const at = new Date(from + ((to - from) * index) / TICKS).toISOString();
    const x = frame.left + (index / TICKS) * frame.width;
    doc
      .moveTo(x, frame.top + frame.height)
      .lineTo(x, frame.top + frame.height + 3)
      .stroke(INK.line);
    const width = 60;
    const left = Math.min(x - width / 2, frame.left + frame.width - width + 8);
    doc.text(formats.clock(at), left, frame.top + frame.height + 5, {
      width,
      align: 'center',
      lineBreak: false,
    });
  }
}

function drawLine({ doc }: Sheet, line: Line, scale: Scale, end: number): void {
  const [first, ...rest] = line.points;
  if (first === undefined) return;
  doc.moveTo(scale.x(first.at), scale.y(first.requestsPerSecond));
  let y = scale.y(first.requestsPerSecond);
  for (const point of rest) {
    const x = scale.x(point.at);
    if (line.steps) doc.lineTo(x, y);
    y = scale.y(point.requestsPerSecond);
    doc.lineTo(x, y);
  }
  if (line.steps) doc.lineTo(end, y);
  doc.lineWidth(line.width);
  if (line.dash === undefined) doc.undash();
  else doc.dash(line.dash, {});
  doc.stroke(line.colour);
  doc.undash();
}

/** In as many rows as it takes to stay inside the frame. */
function drawLegend(sheet: Sheet, lines: readonly Line[], frame: Frame): void {
  const { doc } = sheet;
  const right = frame.left + frame.width;
  let y = frame.top + frame.height + 20;
  let x = frame.left;
  doc.font('body').fontSize(8);
  for (const line of lines) {
    const end = x + 23 + doc.widthOfString(line.name);
    if (end > right && x > frame.left) {
      x = frame.left;
      y += 12;
    }
    doc
      .moveTo(x, y + 6)
      .lineTo(x + 18, y + 6)
      .lineWidth(line.width);
    if (line.dash !== undefined) doc.dash(line.dash, {});
    doc.stroke(line.colour);
    doc.undash();
    doc.fillColor(INK.text).text(line.name, x + 23, y, { lineBreak: false });
    x += 23 + doc.widthOfString(line.name) + 16;
  }
  doc.y = y + 18;
}

/** The next of 1, 2, 2.5 or 5 times a power of ten, so that the grid lines fall on numbers that people use. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((one) => one * power >= value) ?? 10;
  return step * power;
}

export { buildReport } from './build-report.ts';
export type { Bar, FlowDiagram, Ribbon } from './flow-diagram.ts';
export { escapeXml, flowSvg } from './flow-svg.ts';
export { createMarks, DECLARED_MARK, type Marks } from './marks.ts';
export type { Block, Cell, Column, FigureRow, ReportModel, Section, Span, Table, Tone } from './model.ts';
export { codePoint } from './text.ts';

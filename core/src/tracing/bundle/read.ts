import { CairnError } from '../../errors.ts';
import { type Bundle, type BundleContent, formatProblem, type Manifest, type Problem } from './model.ts';
import { fileProblem, type OpenedFile, openFile, problem, same } from './open.ts';
import { readParts, writeParts } from './parts.ts';
import { misplacedRows } from './transfers-csv.ts';

/**
 * What a bundle holds. Says nothing yet about whether its figures recompute: that is `verifyBundle`.
 * @throws invalid-input if the file is no zip; verification-failed, naming the part, if it is damaged.
 */
export function readBundle(file: Uint8Array): Bundle {
  const opened = openFile(file);
  const { content, problems } = readContent(opened);
  const all = [...opened.problems, ...problems];
  const [first] = all;
  if (first !== undefined || content === null || opened.manifest === null) {
    const more = all.length > 1 ? `, and ${all.length - 1} more` : '';
    const what = first === undefined ? 'it cannot be read' : formatProblem(first);
    throw new CairnError('verification-failed', `the bundle is damaged: ${what}${more}`, {
      hints: ['cairn verify names everything that is wrong with it'],
    });
  }
  return { ...content, manifest: opened.manifest, signature: opened.signature };
}

/** The content of an opened file, null where a part cannot be read, and what is wrong with the parts as parts. */
export function readContent(opened: OpenedFile): { content: BundleContent | null; problems: Problem[] } {
  const manifest = opened.manifest ?? { engine: 'unknown', digest: '0'.repeat(64) };
  let content: BundleContent;
  try {
    content = readParts(opened.parts, manifest);
  } catch (error) {
    const found = fileProblem(error);
    const known = opened.problems.some(({ part }) => part === found.part) && !opened.parts.has(found.part);
    return { content: null, problems: known ? [] : [found] };
  }
  return { content, problems: [...formProblems(opened, content), ...manifestProblems(opened.manifest, content)] };
}

/** Every part has one spelling, and rows one order; anything else is not what a trace wrote. */
function formProblems(opened: OpenedFile, content: BundleContent): Problem[] {
  const problems = misplacedRows(content.result.consumed).map(({ line, message }) =>
    problem('transfers.csv', `line ${line}`, message),
  );
  for (const [name, expected] of writeParts(content)) {
    const bytes = opened.parts.get(name);
    if (bytes !== undefined && !same(bytes, expected)) {
      problems.push(problem(name, null, 'is not written as Cairn writes it'));
    }
  }
  return problems;
}

function manifestProblems(manifest: Manifest | null, content: BundleContent): Problem[] {
  if (manifest === null) return [];
  const { slug, title } = content.case ?? { slug: null, title: null };
  if ((manifest.case?.slug ?? null) === slug && (manifest.case?.title ?? null) === title) return [];
  return [problem('manifest.json', 'case', 'is not the case that case.json states')];
}

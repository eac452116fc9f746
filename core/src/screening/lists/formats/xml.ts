import { SaxesParser } from 'saxes';
import { CairnError } from '../../../errors.ts';

/** Deeper than any list goes: OFAC's reaches 12. */
const MAX_DEPTH = 64;
/** UTF-16 units of one text, tag, comment or declaration: far above the longest remark, far below what fills memory. */
const MAX_TEXT = 16 * 1024 * 1024;
/** Different paths from the root: OFAC's file has under 200. Bounds what a hostile file makes the reader remember. */
const MAX_PATHS = 10_000;
/** The parser is fed in pieces of this size so that an endless text is refused before it is all in memory. */
const PIECE = 64 * 1024;

/** As published, namespace declarations included. A name that is absent reads as undefined. */
export type XmlAttributes = Readonly<Record<string, string>>;

/**
 * What a format does with the events. `path` is the element's names from the root on, joined by `/`, without
 * namespace prefixes: `CONSOLIDATED_LIST/INDIVIDUALS/INDIVIDUAL`; `name` is its last part.
 */
export type XmlHandlers = {
  readonly start?: (path: string, attributes: XmlAttributes, name: string) => void;
  /** `text`: what stands in the element, trimmed, CDATA included; `''` where it has child elements (text beside them is not given). */
  readonly end?: (path: string, text: string, name: string) => void;
};

export type XmlReader = {
  /**
   * @throws {CairnError} `invalid-input` with line and column: malformed, a document type that declares entities,
   *   nested deeper than 64, or one text, tag or comment beyond 16 Mi characters. What handlers throw goes through.
   */
  write(text: string): void;
  /** @throws {CairnError} `invalid-input`: the file was cut off. */
  end(): void;
  /** `line 12, column 5`, where reading stands. */
  place(): string;
};

type PathNode = { readonly name: string; readonly path: string; readonly children: Map<string, PathNode> };

/**
 * Reads XML as it comes, never as a tree: memory does not grow with the file. Entities are never declared,
 * fetched or expanded, but for the five of XML itself and numbers. Pure.
 */
export function createXmlReader(handlers: XmlHandlers): XmlReader {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const root: PathNode = { name: '', path: '', children: new Map() };
  const open: PathNode[] = [];
  let paths = 0;
  let text = '';
  let isLeaf = false;
  let lastEventAt = 0;
  let ending = false;

  const place = (): string => `line ${parser.line}, column ${parser.column + 1}`;
  const refuse = (why: string): never => {
    throw new CairnError('invalid-input', `${place()}: ${why}`);
  };
  const moved = (): void => {
    lastEventAt = parser.position;
  };

  function childOf(parent: PathNode, qualified: string): PathNode {
    const held = parent.children.get(qualified);
    if (held !== undefined) return held;
    paths += 1;
    if (paths > MAX_PATHS) refuse(`more than ${MAX_PATHS} different element paths; no sanctions list has so many`);
    const name = qualified.slice(qualified.indexOf(':') + 1);
    const node = { name, path: parent === root ? name : `${parent.path}/${name}`, children: new Map() };
    parent.children.set(qualified, node);
    return node;
  }

  parser.on('error', (error) => {
    const what = error.message.replace(/^(?:[^\s:]*:)?\d+:\d+: /, '').replace(/\.$/, '');
    if (ending) {
      throw new CairnError('invalid-input', `cut off at line ${parser.line}: ${what}`, {
        hints: ['The file is incomplete: fetch or copy it again.'],
      });
    }
    refuse(`not well-formed XML: ${what}`);
  });
  parser.on('doctype', (declaration) => {
    moved();
    if (/[[]|<!|ENTITY/i.test(declaration)) {
      refuse('a document type with declarations of its own, which could declare entities; sanctions lists have none');
    }
  });
  parser.on('comment', moved);
  parser.on('processinginstruction', moved);
  parser.on('opentag', (tag) => {
    moved();
    if (open.length >= MAX_DEPTH) refuse(`elements nested deeper than ${MAX_DEPTH}`);
    const node = childOf(open.at(-1) ?? root, tag.name);
    open.push(node);
    text = '';
    isLeaf = true;
    handlers.start?.(node.path, detachedAttributes(tag.attributes), node.name);
  });
  const gather = (piece: string): void => {
    moved();
    if (!isLeaf) return;
    if (text.length + piece.length > MAX_TEXT) refuse(`a text longer than ${MAX_TEXT} characters`);
    text += piece;
  };
  parser.on('text', gather);
  parser.on('cdata', gather);
  parser.on('closetag', () => {
    moved();
    const node = open.pop();
    const own = isLeaf ? detached(text.trim()) : '';
    text = '';
    isLeaf = false;
    if (node !== undefined) handlers.end?.(node.path, own, node.name);
  });

  return {
    write(chunk) {
      for (let from = 0; from < chunk.length; from += PIECE) {
        parser.write(chunk.slice(from, from + PIECE));
        if (parser.position - lastEventAt > MAX_TEXT) {
          refuse(`a text, tag or comment longer than ${MAX_TEXT} characters`);
        }
      }
    },
    end() {
      ending = true;
      parser.close();
    },
    place,
  };
}

/** The engine keeps a part of a longer text as a view that holds the whole piece in memory; parts this short it copies. */
const COPIED_ANYWAY = 12;

/** The same text, holding on to nothing else: without this, keeping the names of a file would keep the file. */
function detached(text: string): string {
  return text.length <= COPIED_ANYWAY ? text : ` ${text}`.slice(1);
}

function detachedAttributes(attributes: Record<string, string>): XmlAttributes {
  for (const name in attributes) {
    const value = attributes[name] as string;
    if (value.length > COPIED_ANYWAY) attributes[name] = detached(value);
  }
  return attributes;
}

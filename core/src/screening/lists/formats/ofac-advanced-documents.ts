import type { Identifier } from '../party.ts';
import type { OfacReference } from './ofac-advanced-reference.ts';
import type { XmlAttributes } from './xml.ts';

/** Collects `IDRegDocuments`: they stand before the parties, and name the identity that each is of. */
export function createOfacDocuments(reference: OfacReference): {
  start(name: string, attributes: XmlAttributes): void;
  end(name: string, text: string): void;
  /** Those of an identity, which are then no longer held. */
  take(identity: string): readonly Identifier[];
} {
  const held = new Map<string, Identifier[]>();
  let identity = '';
  let kind = '';
  let country: string | null = null;

  return {
    start(name, attributes) {
      if (name !== 'IDRegDocument') return;
      identity = attributes['IdentityID'] ?? '';
      kind = reference.textOf('IDRegDocType', attributes['IDRegDocTypeID']) ?? 'Identification';
      if (reference.textOf('Validity', attributes['ValidityID']) === 'Fraudulent') kind = `${kind} (fraudulent)`;
      country = reference.country(attributes['IssuedBy-CountryID'])?.code ?? null;
    },
    end(name, text) {
      if (name !== 'IDRegistrationNo' || text === '') return;
      const identifier = { kind, value: text, country };
      const before = held.get(identity);
      if (before === undefined) held.set(identity, [identifier]);
      else before.push(identifier);
    },
    take(wanted) {
      const taken = held.get(wanted) ?? [];
      held.delete(wanted);
      return taken;
    },
  };
}

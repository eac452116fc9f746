import { describe, expect, test } from 'vitest';
import type { Actor } from './actor.ts';
import { madeUp } from './fixtures/made-up.ts';
import type { Incident } from './incident.ts';
import { COMPUTED_LABEL, relatedTo, WEAK_SHOWN } from './related.ts';

const LAZARUS = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';
const account = (chain: string, address: string, role: Incident['accounts'][number]['role']) => [
  { chain, address, role, sources: 'incident' as const },
];
const actor = (value: string): Incident['actor'] => ({ value, sources: 'incident' });
const techniques = (...ids: readonly string[]): Incident['techniques'] => ({
  value: { ids: [...ids], basis: 'made up' },
  sources: 'incident',
});
const ACTORS: readonly Actor[] = (['cluster', 'workforce', 'unspecified'] as const).map((kind) => ({
  id: `a-${kind}`,
  name: kind,
  kind,
  attackGroup: null,
  names: [],
  usedNames: [],
  conflicts: [],
  note: null,
}));
const related = (slug: string, ...incidents: readonly Incident[]) => relatedTo({ incidents, actors: ACTORS }, slug);

describe('related incidents', () => {
  test('one address on two EVM chains and in two cases of letters is one account', () => {
    const { computed } = related(
      'a',
      madeUp({ slug: 'a', on: '2022', accounts: account('Ethereum', LAZARUS, 'theft') }),
      madeUp({ slug: 'b', on: '2022', accounts: account('BNB Chain', LAZARUS.toLowerCase(), 'laundering') }),
    );
    expect(computed.label).toBe(COMPUTED_LABEL);
    expect(computed.relations).toEqual([
      {
        slug: 'b',
        strength: 'accounts',
        shares: [
          {
            kind: 'account',
            account: LAZARUS.toLowerCase(),
            family: 'eip155:*',
            roles: { here: ['theft'], there: ['laundering'] },
          },
        ],
      },
    ]);
  });

  test('an address of Bitcoin is another account on Bitcoin Cash', () => {
    const address = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
    const { computed } = related(
      'a',
      madeUp({ slug: 'a', on: '2022', accounts: account('Bitcoin', address, 'theft') }),
      madeUp({ slug: 'b', on: '2022', accounts: account('Bitcoin Cash', address, 'theft') }),
    );
    expect(computed.relations).toEqual([]);
  });

  test('a victim’s wallet or a contract in common links no thieves, and stands last', () => {
    const { computed } = related(
      'a',
      madeUp({
        slug: 'a',
        on: '2022',
        accounts: account('Ethereum', LAZARUS, 'victim'),
        techniques: techniques('T1195'),
      }),
      madeUp({ slug: 'b', on: '2022', accounts: account('Ethereum', LAZARUS, 'theft') }),
      madeUp({ slug: 'c', on: '2022', techniques: techniques('T1195') }),
    );
    expect(computed.relations.map(({ slug, strength }) => [slug, strength])).toEqual([
      ['c', 'techniques'],
      ['b', 'victim-or-contract'],
    ]);
  });

  test('strongest first: account, transaction, actor with two techniques, actor, technique', () => {
    const hash = `0x${'ab'.repeat(32)}`;
    const transactions: Incident['transactions'] = [{ chain: 'Ethereum', hash, sources: 'incident' }];
    const { computed } = related(
      'a',
      madeUp({
        slug: 'a',
        on: '2022-01-01',
        accounts: account('Ethereum', LAZARUS, 'theft'),
        transactions,
        actor: actor('one'),
        techniques: techniques('T1195', 'T1566.003'),
      }),
      madeUp({ slug: 'f', on: '2022', techniques: techniques('T1195') }),
      madeUp({ slug: 'e', on: '2022', actor: actor('one'), techniques: techniques('T1195') }),
      madeUp({ slug: 'd', on: '2022', actor: actor('one'), techniques: techniques('T1195', 'T1566.003') }),
      madeUp({ slug: 'c', on: '2022', transactions }),
      madeUp({ slug: 'b', on: '2022', accounts: account('Ethereum', LAZARUS, 'unlabelled') }),
      madeUp({ slug: 'g', on: '2022', actor: actor('two') }),
    );
    expect(computed.relations.map(({ slug, strength }) => [slug, strength])).toEqual([
      ['b', 'accounts'],
      ['c', 'transactions'],
      ['d', 'actor-and-techniques'],
      ['e', 'actor'],
      ['f', 'techniques'],
    ]);
  });

  test('of one actor the nearest in time are listed, and all are counted', () => {
    const others = Array.from({ length: 9 }, (_, i) =>
      madeUp({ slug: `t${i}`, on: `2022-01-0${i + 1}`, actor: actor('one') }),
    );
    const { computed } = related('here', madeUp({ slug: 'here', on: '2022-01-09', actor: actor('one') }), ...others);
    expect(computed.relations.map(({ slug }) => slug)).toEqual(['t8', 't7', 't6', 't5', 't4']);
    expect(computed.counts.find(({ strength }) => strength === 'actor')).toEqual({
      strength: 'actor',
      incidents: 9,
      shown: WEAK_SHOWN,
    });
  });

  test('a name that stands for several clusters, or for people hired, is no actor in common', () => {
    const sharing = (id: string) =>
      related(
        'a',
        madeUp({ slug: 'a', on: '2022', actor: actor(id) }),
        madeUp({ slug: 'b', on: '2022', actor: actor(id) }),
      ).computed.relations.map(({ slug }) => slug);
    expect(sharing('a-cluster')).toEqual(['b']);
    expect(sharing('a-workforce')).toEqual([]);
    expect(sharing('a-unspecified')).toEqual([]);
  });

  test('what sources report is seen from both sides, and is never among what is computed', () => {
    const incidents = [
      madeUp({
        slug: 'a',
        on: '2022',
        related: [{ slug: 'b', how: 'same attackers', by: 'FBI' }],
        amounts: [{ id: 'both', by: 'somebody', usd: '97', scope: 'joint', with: ['c'], sources: 'incident' }],
      }),
      madeUp({ slug: 'b', on: '2022' }),
      madeUp({
        slug: 'c',
        on: '2022',
        outcomes: [{ kind: 'seized', says: 'x', usd: null, with: ['a'], sources: 'incident' }],
      }),
    ];
    expect(related('a', ...incidents).reported).toEqual([
      { slug: 'b', how: 'same attackers', by: 'FBI' },
      { slug: 'c', how: 'one figure is given for them together', by: 'somebody' },
      { slug: 'c', how: 'one outcome is recorded for them together: seized', by: null },
    ]);
    expect(related('b', ...incidents).reported).toEqual([{ slug: 'a', how: 'same attackers', by: 'FBI' }]);
    expect(related('a', ...incidents).computed.relations).toEqual([]);
  });

  test('an incident that is not there is an error with what to do', () => {
    expect(() => related('nothing')).toThrow('no incident is called nothing');
  });
});

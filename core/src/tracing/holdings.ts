import { CairnError } from '../errors.ts';
import { type AmountSpace, type Amounts, outpointOf } from '../ledger/index.ts';
import { type Account, accountChain, isUtxoChain } from '../units/index.ts';
import { Balances } from './balances.ts';
import type { Compiled } from './compile.ts';
import { fifo } from './policies/fifo.ts';
import type { PolicyPair } from './policies/index.ts';
import { lifo } from './policies/lifo.ts';
import { LotRun, LotStore, type Policy, UNTAGGED } from './policies/lots.ts';

/**
 * What every holding of one run has: its balance, and from the first tagged value it receives on the lots that make it up,
 * each holding under the rule of its chain.
 */
export class Holdings {
  readonly lots: LotStore;
  readonly balances: Balances;
  private readonly compiled: Compiled;
  private readonly policy: PolicyPair;
  private readonly rules: ReadonlyMap<number, Policy>;
  /** One lot on its way into a holding. */
  private readonly single: LotRun;

  /** @param rules - by holding, where it is not the policy's. */
  constructor(compiled: Compiled, space: AmountSpace, policy: PolicyPair, rules: ReadonlyMap<number, Policy>) {
    const crosses = compiled.crossings.size > 0;
    const seeded = compiled.accountSeeds.map((seed) => seed.account * compiled.traced + seed.asset);
    this.compiled = compiled;
    this.policy = policy;
    this.rules = rules;
    this.lots = new LotStore(space, crosses, new Set(seeded));
    this.balances = new Balances(compiled);
    this.single = new LotRun(space, crosses);
  }

  /** Makes room for holdings below `count`. */
  fit(count: number): void {
    this.balances.of.fit(count);
    this.lots.fit(count);
  }

  /** @throws invalid-input where the policy has no rule for the holding's chain. */
  policyOf(holding: number): Policy {
    const rule = this.rules.get(holding);
    if (rule !== undefined) return rule;
    if (this.policy.account === this.policy.utxo) return this.policy.utxo;
    const account = this.accountOf(holding);
    if (isUtxoChain(accountChain(account))) return this.policy.utxo;
    if (this.policy.account === null) throw needsCompanion(account);
    return this.policy.account;
  }

  /**
   * Draws `amounts[at]`, which the holding must have, into `run`; the balance stays as it is. An output is spent whole and its
   * lots join the line of a transaction as they lie, so that `lifo/1` reverses that line once.
   */
  draw(holding: number, amounts: Amounts, at: number, run: LotRun): void {
    const policy = this.policyOf(holding);
    const rule = policy === lifo && this.isOutpoint(holding) ? fifo : policy;
    rule.draw(this.lots, holding, amounts, at, this.balances.of, run);
  }

  private accountOf(holding: number): Account {
    return this.compiled.table.accounts.values[Math.floor(holding / this.compiled.traced)] as Account;
  }

  private isOutpoint(holding: number): boolean {
    const account = this.accountOf(holding);
    return isUtxoChain(accountChain(account)) && outpointOf(account) !== null;
  }

  /** Puts a run into a holding, opening it where this is the first tagged value it receives. */
  enter(holding: number, run: LotRun): void {
    if (!this.lots.isOpen(holding)) {
      if (run.tagged === 0) return;
      this.open(holding);
    }
    const policy = this.policyOf(holding);
    for (let i = 0; i < run.length; i++) policy.append(this.lots, holding, run, i);
  }

  /** What the holding has so far becomes its first lot, untagged. */
  open(holding: number): void {
    const balances = this.balances.of;
    this.lots.open(holding);
    if (!balances.isZero(holding)) this.append(holding, UNTAGGED, balances.get(holding));
  }

  /** What every tag has in every holding. */
  each(visit: (tag: number, account: number, asset: number, amount: bigint, origin: bigint) => void): void {
    const { traced } = this.compiled;
    this.lots.eachTagged((holding, tag, amount, origin) => {
      visit(tag, Math.floor(holding / traced), holding % traced, amount, origin);
    });
  }

  /** Adds one lot as the newest of a holding. */
  append(holding: number, tag: number, amount: bigint): void {
    this.single.clear();
    this.single.push(tag, amount, tag === UNTAGGED ? 0n : amount);
    this.policyOf(holding).append(this.lots, holding, this.single, 0);
  }
}

function needsCompanion(account: Account): CairnError {
  return new CairnError(
    'invalid-input',
    `highest-out/1 is a rule for UTXO transactions, and this trace reaches ${account}`,
    { hints: ['name the rule for account chains beside it: highest-out/1+fifo/1'] },
  );
}

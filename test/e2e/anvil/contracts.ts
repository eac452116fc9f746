import { type Hex, numberToHex, pad } from 'viem';
import { assemble, creation } from './assemble.ts';

/*
 * Contracts small enough to be written by hand. Each constant or function is what a transaction carries to create one.
 */

const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

/**
 * An ERC-20 token with `balanceOf`, `transfer` and a `transferFrom` that, as there are no allowances, moves nothing but
 * zero: from anybody, by anybody. Storage slot = account, value = balance. Its creator gets the whole supply.
 */
export function tokenCreation(supply: bigint): Hex {
  const onCreation = assemble(`
    ${supply} CALLER SSTORE
    ${supply} 0 MSTORE
    CALLER 0 ${TRANSFER_TOPIC} 32 0 LOG3`);
  const code = assemble(`
    0 CALLDATALOAD 0xe0 SHR                       ; selector
    DUP1 0x70a08231 EQ @balance JUMPI
    DUP1 0xa9059cbb EQ @transfer JUMPI
    0x23b872dd EQ @transferFrom JUMPI
    @fail JUMP
    balance: 4 CALLDATALOAD SLOAD 0 MSTORE 32 0 RETURN
    transfer: CALLER 4 CALLDATALOAD 0x24 CALLDATALOAD @move JUMP
    transferFrom: 0x44 CALLDATALOAD @fail JUMPI
    4 CALLDATALOAD 0x24 CALLDATALOAD 0
    move:                                         ; from, to, amount
    DUP1 DUP4 SLOAD LT @fail JUMPI                ; balance of from < amount
    DUP1 DUP4 SLOAD SUB DUP4 SSTORE
    DUP1 DUP3 SLOAD ADD DUP3 SSTORE
    0 MSTORE SWAP1                                ; to, from
    ${TRANSFER_TOPIC} 32 0 LOG3
    1 0 MSTORE 32 0 RETURN
    fail: 0 0 REVERT`);
  return creation(code, onCreation);
}

/** Calls `transfer` of a token; word 0 of memory is overwritten. `to` and `amount` are listings that push one value each. */
function callTransfer(token: string, to: string, amount: string): string {
  return `
    0xa9059cbb 0xe0 SHL 0 MSTORE
    ${to} 4 MSTORE
    ${amount} 0x24 MSTORE
    32 0 0x44 0 0 ${token} GAS CALL               ; size and place of the answer, of the call's data; value; callee
    ISZERO @fail JUMPI`;
}

/** Price of the pool: for each ether, 3,000 tokens of 6 decimals. */
export const TOKENS_PER_ETHER = 3_000_000_000n;

/** A pool: whoever pays it ether gets tokens for it in the same transaction, at a fixed price. */
export function poolCreation(token: Hex): Hex {
  // Base units: tokens = wei × 3 / 10^9.
  const amount = '1000000000 CALLVALUE 3 MUL DIV';
  return creation(assemble(`${callTransfer(token, 'CALLER', amount)} STOP fail: 0 0 REVERT`));
}

/**
 * A vault with a hole: called without data it takes ether; called with (wei, tokens, token) it pays both to whoever calls.
 */
export const VAULT_CREATION = creation(
  assemble(`
    CALLDATASIZE @drain JUMPI STOP
    drain:
    0 0 0 0 0 CALLDATALOAD CALLER GAS CALL ISZERO @fail JUMPI
    ${callTransfer('0x40 CALLDATALOAD', 'CALLER', '32 CALLDATALOAD')}
    STOP
    fail: 0 0 REVERT`),
);

/** A router: pays the ether it is called with on to the account in the call's data; fails where that account refuses. */
export const ROUTER_CREATION = creation(
  assemble('0 0 0 0 CALLVALUE 0 CALLDATALOAD GAS CALL ISZERO @fail JUMPI STOP fail: 0 0 REVERT'),
);

/** Takes nothing: every call of it fails. */
export const REFUSER_CREATION = creation(assemble('0 0 REVERT'));

/** Runs in a circle until the gas is used up. */
export const SPINNER_CREATION = creation(assemble('again: @again JUMP'));

/** Pays as the router does, and then fails: the inner payment succeeded and is undone. */
export const TRAP_CREATION = creation(assemble('0 0 0 0 CALLVALUE 0 CALLDATALOAD GAS CALL POP 0 0 REVERT'));

/** Holds the ether it is created with until it is called; then it destroys itself in favour of the account in the data. */
export const TILL_CREATION = creation(assemble('0 CALLDATALOAD SELFDESTRUCT'));

/** Destroys itself while it is created: the ether goes through an address that never has code. */
export function flashCreation(heir: Hex): Hex {
  return assemble(`${heir} SELFDESTRUCT`);
}

/** Data of a call: arguments of 32 bytes each, after a selector where there is one. */
export function callData(selector: Hex | '', ...words: readonly (Hex | bigint)[]): Hex {
  const filled = words.map((word) => pad(typeof word === 'bigint' ? numberToHex(word) : word, { size: 32 }).slice(2));
  return `0x${selector.slice(2)}${filled.join('')}`;
}

export const tokenTransfer = (to: Hex, amount: bigint): Hex => callData('0xa9059cbb', to, amount);
export const tokenTransferFrom = (from: Hex, to: Hex, amount: bigint): Hex => callData('0x23b872dd', from, to, amount);
export const balanceOf = (account: Hex): Hex => callData('0x70a08231', account);

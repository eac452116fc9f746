import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { categoriseEtherscan, importEtherscanLabels } from './etherscan.ts';

const SHIPPED = readFileSync(new URL('../../../data/labels/etherscan-labels.json', import.meta.url), 'utf8');

describe('categoriseEtherscan', () => {
  test.each([
    ['Huobi 23', ['huobi'], ['exchange']],
    ['Bitfinex: MultiSig 1', ['bitfinex'], ['exchange']],
    ['Kraken: MANA Token Wallet', ['kraken'], ['exchange']],
    ['Wintermute: Binance Deposit', [], ['exchange']],
    ['Uphold.com', ['fiat-gateway'], ['exchange']],
    ['Celsius Network: Wallet 2', ['celsius-network', 'loans'], ['custodian']],
    ['Coinbase: Commerce', ['coinbase'], ['payment-processor']],
    ['Tornado.Cash: 100 ETH', ['tornado-cash', 'ofac-sanctions-lists'], ['mixer', 'sanctioned']],
    ['Tornado.Cash: Router', ['tornado-cash'], ['mixer']],
    ['Hop Protocol: DAI Bridge', ['bridge', 'hop-protocol'], ['bridge']],
    ['Uniswap V3: Router', ['dex'], ['swap-venue']],
    ['SushiSwap: OHM-FRAX 2', ['sushiswap'], ['swap-venue']],
    ['Balancer: ETH/LEND 50/50', ['balancer'], ['swap-venue']],
    ['Stake.com', ['gambling'], ['gambling']],
    ['Null Address: 0x000...000', ['blocked', 'burn', 'genesis'], ['burn', 'frozen']],
    ['', ['blocked'], ['frozen']],
    ['Chainlink: Oracle', ['chainlink'], ['other']],
  ])('takes %s %j for %j', (name, words, categories) => {
    expect(categoriseEtherscan(name, words)).toEqual(categories);
  });

  test.each([
    ['an exchange token', 'Huobi Token', ['huobi'], ['contract']],
    ['a blocked exchange token', 'Binance: BNB Token', ['binance', 'blocked'], ['contract', 'frozen']],
    ['a stablecoin filed under an exchange', 'Tether: USDT Stablecoin', ['bitfinex', 'stablecoin'], ['contract']],
    ['an issuer', 'Tether: Treasury', ['bitfinex'], ['other']],
    ['a deployer', 'Huobi: Deployer', ['huobi'], ['other']],
    ['a mining pool of an exchange', 'Huobi Mining Pool', ['huobi', 'mining'], ['other']],
    ['the charity of an exchange', 'Binance Charity', ['binance', 'charity', 'donate'], ['other']],
    [
      'a mixer donation account',
      'Tornado.Cash: Donate',
      ['donate', 'tornado-cash', 'ofac-sanctions-lists'],
      ['sanctioned'],
    ],
    ['a mixer token', 'Tornado.Cash: TORN Token', ['tornado-cash'], ['contract']],
    ['a shareholder of a venue', 'Balancer: Shareholder 10', ['balancer'], ['other']],
    ['a venue fund', 'SushiSwap: Dev Fund', ['sushiswap'], ['other']],
  ])('does not take %s for the service it belongs to', (_, name, words, categories) => {
    expect(categoriseEtherscan(name, words)).toEqual(categories);
  });
});

describe('importEtherscanLabels', () => {
  test('keeps name, words and source, and rejects what it cannot read', () => {
    const text = JSON.stringify({
      '0xf056f435ba0cc4fcd2f1b17e3766549ffc404b94': { name: 'Huobi 23', labels: ['huobi'] },
      '0x0000000000000000000000000000000000000abc': { name: '', labels: ['blocked'] },
      '0x0000000000000000000000000000000000000def': { name: '', labels: [] },
      '0x123': { name: 'short', labels: [] },
      '0x0000000000000000000000000000000000000123': { name: 'no words' },
    });
    const { labels, rejects, withoutClaim } = importEtherscanLabels(text, { file: 'e.json' });
    expect(labels).toEqual([
      {
        account: 'eip155:1:0xf056f435ba0cc4fcd2f1b17e3766549ffc404b94',
        name: 'Huobi 23',
        entity: 'huobi',
        category: 'exchange',
        source: 'etherscan-labels',
        confidence: 20,
        labelledAt: null,
      },
      expect.objectContaining({ name: 'blocked', entity: null, category: 'frozen' }),
    ]);
    expect(rejects.map(({ entry }) => entry)).toEqual(['0x123', '0x0000000000000000000000000000000000000123']);
    expect(withoutClaim).toBe(1);
  });

  test.each(['[]', '7', '{', ''])('refuses %j, which is no such file', (text) => {
    expect(() => importEtherscanLabels(text, { file: 'e.json' })).toThrow('e.json: not');
  });

  test('reads all 23,288 accounts of the shipped file', () => {
    const { labels, rejects, withoutClaim } = importEtherscanLabels(SHIPPED, { file: 'etherscan-labels.json' });
    expect(new Set(labels.map(({ account }) => account)).size).toBe(23_288);
    expect([rejects.length, withoutClaim]).toEqual([0, 0]);
    const claimed = (category: string) =>
      new Set(labels.filter((label) => label.category === category).map(({ account }) => account));
    // Each of these words is on so many accounts of the file, and always says the same.
    expect([claimed('frozen').size, claimed('sanctioned').size, claimed('burn').size]).toEqual([483, 72, 25]);
    expect(
      labels.filter(({ category, name }) => category === 'exchange' && /token$/i.test(name)).map(({ name }) => name),
    ).toEqual(['LAToken']);
  });
});

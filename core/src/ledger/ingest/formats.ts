import { ETHERSCAN_ERC20, ETHERSCAN_INTERNAL, ETHERSCAN_NORMAL } from '../evm/etherscan.ts';
import { ETL_TOKEN_TRANSFERS } from '../evm/etl-token-transfers.ts';
import { ETL_TRACES } from '../evm/etl-traces.ts';
import { ETL_TRANSACTIONS } from '../evm/etl-transactions.ts';
import { EXPLORER_EXPORT } from '../evm/explorer-export.ts';
import { CAIRN_CSV } from './cairn-csv.ts';
import type { Format } from './format.ts';

/** Every file format Cairn reads transfers from. */
export const FORMATS: readonly Format[] = [
  CAIRN_CSV,
  EXPLORER_EXPORT,
  ETHERSCAN_NORMAL,
  ETHERSCAN_INTERNAL,
  ETHERSCAN_ERC20,
  ETL_TRANSACTIONS,
  ETL_TRACES,
  ETL_TOKEN_TRANSFERS,
];

/** keccak256("Transfer(address,address,uint256)"): the event of ERC-20; ERC-721 has the same, with one topic more. */
export const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

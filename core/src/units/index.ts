export * from './account.ts';
export { type AddressForm, ANY_EVM, looksLikeAddress, nameOf, readAddress } from './address-form.ts';
export * from './amount.ts';
export * from './asset.ts';
export { countryName, countryOf, countryOfCode, countryOfPlace } from './country.ts';
export * from './text-order.ts';
export * from './time.ts';

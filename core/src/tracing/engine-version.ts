/** Name and version of the engine, as every result and bundle states it. Raised whenever the same inputs could give other bytes. */
export const ENGINE = 'cairn/0.2.0';

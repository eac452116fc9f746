/** The page's one style sheet. Contrast of text is 4.5 to 1 or more. */
export const STYLE = `
:root { color-scheme: light; --ink: #1a1a1a; --faint: #595959; --rule: #c4c4c4; --held: #14603a; --seen: #8f4600; }
* { box-sizing: border-box; }
body { font: 16px/1.5 "Noto Sans", system-ui, sans-serif; color: var(--ink); background: #fff; margin: 0 auto; max-width: 76rem; padding: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .75rem; border-top: 2px solid var(--ink); padding-top: .75rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
.subtitle, dt, footer { color: var(--faint); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: .85em "Noto Sans Mono", ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .82rem; min-width: 100%; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(100%, calc(100vw - 2rem)); }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--rule); }
th { border-bottom: 2px solid var(--ink); }
.right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.left { min-width: 7rem; }
td.left code { display: inline-block; min-width: 12rem; }
.notice { border-left: 4px solid var(--seen); background: #fbf4ec; padding: .6rem .9rem; }
.held, .last-seen { font-weight: bold; border-radius: .2rem; padding: 0 .3rem; white-space: nowrap; }
.held { color: var(--held); border: 1px solid var(--held); background: #e3f1e9; }
.last-seen { color: var(--seen); border: 1px solid var(--seen); }
figure { margin: 1rem 0; }
figcaption { font-weight: bold; font-size: .85rem; }
svg { display: block; min-width: 56rem; width: 100%; height: auto; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; }
footer { margin-top: 3rem; font-size: .75rem; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .5rem; } }
@media print { .scroll { overflow: visible; } .skip, nav { display: none; } svg { min-width: 0; } }
`;

/** JupyterLab's theme says what is ink and what is faint; elsewhere the reader's system does. */
const themeColours = `
.lb-table, .lb-progress {
  --lb-ink: var(--jp-content-font-color1, #1f1f1f); --lb-faint: var(--jp-content-font-color2, #666);
  --lb-line: var(--jp-border-color1, #bdbdbd); --lb-hair: var(--jp-border-color3, #eee);
  color: var(--lb-ink); font-family: var(--jp-content-font-family, system-ui, sans-serif); font-size: 13px;
  line-height: 1.5; max-width: 100%;
}
@media (prefers-color-scheme: dark) { .lb-table, .lb-progress {
  --lb-ink: var(--jp-content-font-color1, #e8e8e8); --lb-faint: var(--jp-content-font-color2, #a5a5a5);
  --lb-line: var(--jp-border-color1, #666); --lb-hair: var(--jp-border-color3, #333);
} }
`;

/** The look of tables. Doubled class names outweigh JupyterLab's own rules for tables. */
export const tableStyle = `${themeColours}
.lb-table { overflow-x: auto; padding: 8px 0; }
.lb-table.lb-table table { border-collapse: collapse; border: 0; margin: 0; table-layout: auto; font-size: inherit;
  color: inherit; }
.lb-table.lb-table caption { caption-side: top; text-align: left; font-weight: 600; padding: 0 8px 8px; color: inherit; }
.lb-table.lb-table tbody tr:nth-child(n), .lb-table.lb-table tbody tr:hover { background: none; }
.lb-table.lb-table tbody tr + tr { border-top: 1px solid var(--lb-hair); }
.lb-table.lb-table th, .lb-table.lb-table td { border: 0; padding: 4px 6px; vertical-align: top; max-width: none;
  white-space: normal; }
.lb-table.lb-table th[align=left], .lb-table.lb-table td[align=left] { text-align: left; }
.lb-table.lb-table th[align=right], .lb-table.lb-table td[align=right] { text-align: right; }
.lb-table.lb-table thead tr { border-bottom: 1px solid var(--lb-line); }
.lb-table.lb-table thead th { font-weight: 600; vertical-align: bottom; white-space: nowrap; }
.lb-table.lb-table tbody th { font-weight: 400; color: var(--lb-faint); font-variant-numeric: tabular-nums; }
.lb-table.lb-table td.lb-number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.lb-table.lb-table td.lb-text { min-width: 8em; max-width: 26em; overflow-wrap: anywhere; }
.lb-table summary { cursor: pointer; }
.lb-table.lb-table .lb-token { font-family: var(--jp-code-font-family, ui-monospace, monospace); font-size: 12px;
  background: none; color: inherit; padding: 0; white-space: pre; }
.lb-space { color: var(--lb-faint); }
.lb-newline, .lb-tab { font-family: var(--jp-content-font-family, system-ui, sans-serif); }
.lb-special { border: 1px solid var(--lb-faint); border-radius: 8px; padding: 0 5px; }
.lb-bytes { color: var(--lb-faint); text-decoration: underline dotted; }
.lb-meter { gap: 8px; padding: 0 4px; box-sizing: border-box;
  border-left: 1px solid var(--lb-line); overflow: hidden; }
.lb-meter > code, .lb-meter > .lb-percent { position: relative; }
.lb-meter > code { overflow: hidden; text-overflow: ellipsis; }
.lb-percent { margin-left: auto; font-size: 12px; font-variant-numeric: tabular-nums; }
.lb-table.lb-table .lb-note { color: var(--lb-faint); margin: 8px 8px 0; font-size: 12px; }
`;

/** The look of a trace, beside that of tables. */
export const traceStyle = `
.lb-table.lb-trace tbody tr + tr { border-top: 0; }
.lb-table.lb-trace > table > tbody + tbody { border-top: 1px solid var(--lb-hair); }
.lb-table.lb-trace > table > tbody > tr:first-child > * { padding-bottom: 0; }
.lb-table.lb-trace > table > tbody > tr + tr > td { padding-top: 2px; padding-bottom: 8px; }
.lb-table.lb-trace > table > thead th, .lb-table.lb-trace > table > tbody > tr:first-child > td { white-space: nowrap; }
.lb-trace summary { font-size: 12px; font-variant-numeric: tabular-nums; }
.lb-trace summary .lb-stage { white-space: nowrap; }
.lb-trace .lb-still, .lb-trace .lb-arrow { color: var(--lb-faint); }
.lb-trace .lb-rank { position: relative; font-size: 11px; font-variant-numeric: tabular-nums; }
.lb-table.lb-trace details table { margin: 8px 0 8px 16px; font-size: 12px; }
.lb-table.lb-trace details th, .lb-table.lb-trace details td { padding: 2px 6px; }
.lb-table.lb-trace details tbody th { color: inherit; }
.lb-trace .lb-removed > span:first-child { background-image: repeating-linear-gradient(135deg, var(--lb-faint) 0 1px,
  transparent 1px 5px); border-right: 1px solid var(--lb-faint); }
.lb-trace .lb-gone { color: var(--lb-faint); }
`;

/** The look of a chat's prompt, beside that of tables. */
export const promptStyle = `
.lb-table.lb-prompt p { margin: 0 8px 8px; line-height: 1.9; overflow-wrap: anywhere; }
.lb-table.lb-prompt .lb-token { padding: 2px 0; white-space: pre-wrap; }
.lb-prompt .lb-boundary { border-left: 2px solid var(--lb-ink); margin: 0 4px; padding-left: 4px; font-size: 11px; }
`;

/** The look of a progress bar. */
export const progressStyle = `${themeColours}
.lb-progress { display: flex; gap: 8px; align-items: center; font-variant-numeric: tabular-nums; }
.lb-progress progress { width: 200px; height: 8px; accent-color: #0072B2; }
.lb-progress .lb-detail { color: var(--lb-faint); }
`;

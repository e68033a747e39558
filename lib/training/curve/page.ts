/** An HTML page around a chart, readable on light and dark, with nothing loaded from elsewhere. */
export function chartPage(title: string, svg: string): string {
  const safe = title.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>${safe}</title>
<style>
  body { margin: 0; background: Canvas; color: CanvasText }
  svg { display: block; max-width: 1050px; width: 100%; margin: 0 auto }
</style>
${svg}
</html>
`;
}

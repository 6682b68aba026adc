// Fonts and single lines of text on the canvas.

export interface TextStyle {
  readonly color: string;
  readonly font: string;
  readonly align: CanvasTextAlign;
}

export function fontOf(fontPx: number, family: string): string {
  return `${fontPx}px ${family}`;
}

/** One line, vertically centred on `y`; with a `rim` in the context's stroke style where asked for. */
export function drawText(
  ctx: CanvasRenderingContext2D,
  text: string,
  at: { x: number; y: number; style: TextStyle; rim?: boolean }
): void {
  ctx.fillStyle = at.style.color;
  ctx.font = at.style.font;
  ctx.textAlign = at.style.align;
  ctx.textBaseline = 'middle';
  if (at.rim === true) {
    ctx.strokeText(text, at.x, at.y);
  }
  ctx.fillText(text, at.x, at.y);
}

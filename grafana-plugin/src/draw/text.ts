// Fonts and single lines of text on the canvas.

export interface TextStyle {
  readonly color: string;
  readonly font: string;
  readonly align: CanvasTextAlign;
}

export function fontOf(fontPx: number, family: string): string {
  return `${fontPx}px ${family}`;
}

/** One line, vertically centred on `y`. */
export function drawText(
  ctx: CanvasRenderingContext2D,
  text: string,
  at: { x: number; y: number; style: TextStyle }
): void {
  ctx.fillStyle = at.style.color;
  ctx.font = at.style.font;
  ctx.textAlign = at.style.align;
  ctx.textBaseline = 'middle';
  ctx.fillText(text, at.x, at.y);
}

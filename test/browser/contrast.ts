export interface Faint {
  text: string;
  ratio: number;
}

/**
 * Runs in a page: texts that stand out from their ground by less than `least` (WCAG 2.2, 1.4.3).
 * Nothing is counted that is not painted, or that is disabled.
 */
export function faintTexts(least: number): { texts: number; faint: Faint[] } {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;

  function rgba(colour: string): number[] {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  }

  function over(top: number[], ground: number[]): number[] {
    const alpha = top[3]! / 255;
    return [0, 1, 2].map((i) => top[i]! * alpha + ground[i]! * (1 - alpha));
  }

  function groundOf(element: Element): number[] {
    const layers: number[][] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement)
      layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reduceRight((ground, layer) => over(layer, ground), [255, 255, 255]);
  }

  function luminance(colour: number[]): number {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  }

  function ratioOf(element: Element): number {
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [luminance(over(rgba(colour), ground)), luminance(ground)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint: Faint[] = [];
  let texts = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent!.trim();
    const element = walker.currentNode.parentElement!;
    if (text === '' || element.closest('script, .unseen, :disabled + span') !== null) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    texts += 1;
    const ratio = ratioOf(element);
    if (ratio < least) faint.push({ text: text.slice(0, 40), ratio });
  }
  return { texts, faint };
}

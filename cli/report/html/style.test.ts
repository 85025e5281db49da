import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

const style = await readFile(path.join(import.meta.dirname, 'style.css'), 'utf8');
const [light, dark] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, rules]) =>
    new Map(
      [...(rules as string).matchAll(/--([\w-]+): (#\w{6});/g)].map(([, name, color]) => [
        name as string,
        color as string,
      ]),
    ),
);
const THEMES = { light, dark } as Record<string, Map<string, string>>;

/** Returns the red, green and blue components of a color as linear light. */
function lightOf(color: string): Vector {
  const [r, g, b] = [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16) / 255);
  const linear = (c = 0) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return [linear(r), linear(g), linear(b)];
}

const times = (matrix: Matrix, [a, b, c]: Vector): Vector =>
  matrix.map((row) => row[0] * a + row[1] * b + row[2] * c) as unknown as Vector;

const TO_XYZ: Matrix = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];

const luminance = (color: string): number => times(TO_XYZ, lightOf(color))[1];

/** Returns the contrast ratio of two colors, as defined by WCAG 2. */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Matrices that simulate color vision deficiencies at full severity, from Machado, Oliveira and Fernandes (2009). */
const COLOR_VISIONS: Record<string, Matrix> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Converts a color to CIE L*a*b*, where the distance of two colors corresponds to how different they look. */
function labColor(color: string, vision: Matrix): Vector {
  const [x, y, z] = times(TO_XYZ, times(vision, lightOf(color)));
  const root = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [fx, fy, fz] = [root(x / 0.95047), root(y), root(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const distance = (a: Vector, b: Vector): number => Math.hypot(...a.map((value, i) => value - (b[i] as number)));

for (const [theme, colors] of Object.entries(THEMES)) {
  const color = (name: string) => colors.get(name) as string;
  const series = [...colors.keys()].filter((name) => name.startsWith('series-'));

  test(`the ${theme} theme shows text and lines with a contrast of at least 4.5 to 1`, () => {
    const tones = ['good', 'warning', 'bad', 'neutral'];
    const pairs = [
      ...['text', 'muted', 'link', ...tones, ...series].map((name) => [name, 'page']),
      ...tones.map((name) => [name, `${name}-soft`]),
      ...['text', 'muted'].flatMap((name) => [
        [name, 'raised'],
        [name, 'band'],
      ]),
    ] as [string, string][];
    for (const [name, background] of pairs)
      assert.ok(contrast(color(name), color(background)) >= 4.5, `${name} on ${background}`);
  });

  for (const [vision, matrix] of Object.entries(COLOR_VISIONS))
    test(`the ${theme} theme has series colors that are distinguishable with ${vision} vision`, () => {
      for (const [i, a] of series.entries())
        for (const b of series.slice(0, i)) {
          const difference = distance(labColor(color(a), matrix), labColor(color(b), matrix));
          assert.ok(difference >= 15, `${a} and ${b}: ${difference.toFixed(0)}`);
        }
    });
}

test('the light and the dark theme define the same colors', () => {
  assert.ok(light && light.size > 20);
  assert.deepEqual([...light.keys()], [...(dark?.keys() ?? [])]);
});

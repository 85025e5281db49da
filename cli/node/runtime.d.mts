export const MINIMUM_NODE: number;
export type NodeChoice = { own: true } | { own: false; build: string };
export function chooseNode(host: { version: string; platform: string; arch: string }): NodeChoice;

/** What is measured on a stack, in this order: each begins with what the one before it left. */
export const operations = [
  { name: "first preview", run: "preview", does: "create", aimed: true },
  { name: "first up", run: "up", does: "create", aimed: false },
  { name: "no-change preview", run: "preview", does: "same", aimed: true },
  { name: "no-change up", run: "up", does: "same", aimed: true },
] as const;

export type Operation = (typeof operations)[number];

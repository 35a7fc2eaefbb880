import { at, listAt, numberAt, textAt, uuid } from "./read";
import { deletionPolicy, project, text, type Rule, type Value, type Values } from "./shape";

const kind = "monitoring/dashboard:Dashboard";

const layouts = ["gridLayout", "mosaicLayout", "rowLayout", "columnLayout"];

/** What a dashboard may have beside its layout; anything else is refused, as Google refuses unknown names. */
const others = ["annotations", "dashboardFilters", "displayName", "etag", "labels", "name"];

export const dashboard: Rule = {
  kind,
  api: "monitoring.googleapis.com",
  // Google names dashboards itself, so two that are alike are two.
  id: (inputs, around) => {
    const words = [textAt(parsed(inputs), "displayName") ?? "", String(around.list(kind).length)];
    return `projects/${around.project.id}/dashboards/${uuid(around, ...words)}`;
  },
  inputs: {
    // What Google adds to it (name, etag) never shows here.
    dashboardJson: text({ required: true, json: true }),
    deletionPolicy: deletionPolicy(),
    project: project(),
  },
  computed: [],
  refuses: (inputs) => {
    const board = parsed(inputs);
    if (board === undefined) return ["dashboardJson: it is not the JSON of an object"];
    const given = layouts.filter((name) => board[name] !== undefined);
    const unknown = Object.keys(board).filter((name) => !layouts.includes(name) && !others.includes(name));
    return [
      ...(textAt(board, "displayName") ? [] : ["dashboardJson: displayName is missing"]),
      ...(given.length === 1 ? [] : [`dashboardJson: exactly one of ${layouts.join(", ")}`]),
      ...unknown.map((name) => `dashboardJson: Unknown name "${name}": Cannot find field.`),
      ...mosaicProblems(at(board, "mosaicLayout")),
    ];
  },
  takes: { create: 3, update: 3, remove: 3 },
  source: "terraform-provider-google resource_monitoring_dashboard",
};

function parsed(inputs: Values): Values | undefined {
  try {
    const value = JSON.parse(textAt(inputs, "dashboardJson") ?? "") as Value;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Tiles are in the grid and do not overlap; what is in a widget is not looked at. */
function mosaicProblems(mosaic: Value | undefined): string[] {
  if (mosaic === undefined) return [];
  const columns = numberAt(mosaic, "columns") ?? 0;
  const tiles = listAt(mosaic, "tiles").map((tile) => {
    const part = (name: string) => numberAt(tile, name) ?? 0;
    return { x: part("xPos"), y: part("yPos"), width: part("width"), height: part("height") };
  });
  return [
    ...(columns >= 1 && columns <= 48 ? [] : ["dashboardJson: mosaicLayout.columns is 1 to 48"]),
    ...tiles
      .map((tile, index) => (fits(tile, columns) ? undefined : index))
      .filter((index) => index !== undefined)
      .map((index) => `dashboardJson: mosaicLayout.tiles[${index}] is not inside the grid`),
    ...tiles
      .map((tile, index) => (tiles.slice(0, index).some((other) => overlap(tile, other)) ? index : undefined))
      .filter((index) => index !== undefined)
      .map((index) => `dashboardJson: mosaicLayout.tiles[${index}] overlaps another`),
    ...(tiles.length > 100 ? ["dashboardJson: at most 100 tiles"] : []),
  ];
}

const fits = ({ x, y, width, height }: Tile, columns: number): boolean =>
  width >= 1 && height >= 1 && x >= 0 && y >= 0 && x + width <= columns;

const overlap = (one: Tile, other: Tile): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

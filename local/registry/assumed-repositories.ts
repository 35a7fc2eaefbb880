import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

import { idOf, type Place } from "./place";

/** Repositories of projects that are not in this world, whose charts it was given all the same; kept in a file. */
export class AssumedRepositories {
  constructor(private readonly file: string) {}

  list(): Place[] {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as Place[]) : [];
  }

  has(place: Place): boolean {
    return this.list().some((other) => idOf(other) === idOf(place));
  }

  add(place: Place): void {
    const { location, project, repository } = place;
    if (!this.has(place)) this.write([...this.list(), { location, project, repository }]);
  }

  remove(place: Place): void {
    if (this.has(place)) this.write(this.list().filter((other) => idOf(other) !== idOf(place)));
  }

  private write(places: readonly Place[]): void {
    writeFileSync(`${this.file}.new`, JSON.stringify(places));
    renameSync(`${this.file}.new`, this.file);
  }
}

import type { Pool } from "pg";

/** Something that somebody wrote down. */
export interface Note {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly createdAt: string;
}

export interface Page {
  readonly notes: readonly Note[];
  /** What to give as `before` for the next page; nothing on the last one. */
  readonly next?: string;
}

interface Row {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly created_at: Date;
}

const columns = "id, author, text, created_at";

/** Keeps a note. */
export async function addNote(database: Pool, author: string, text: string): Promise<Note> {
  const { rows } = await database.query<Row>(
    `INSERT INTO service.notes (author, text) VALUES ($1, $2) RETURNING ${columns}`,
    [author, text],
  );
  return noteOf(rows[0] as Row);
}

/** The note of an id, or nothing. */
export async function findNote(database: Pool, id: string): Promise<Note | undefined> {
  const { rows } = await database.query<Row>(`SELECT ${columns} FROM service.notes WHERE id = $1`, [id]);
  return rows[0] && noteOf(rows[0]);
}

/** Notes from the newest to the oldest, of everybody or of one author. */
export async function listNotes(
  database: Pool,
  { limit, before, author }: { limit: number; before?: string; author?: string },
): Promise<Page> {
  // One more than asked for says whether there is another page.
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM service.notes
     WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR author = $2)
     ORDER BY id DESC LIMIT $3`,
    [before ?? null, author ?? null, limit + 1],
  );
  const notes = rows.slice(0, limit).map(noteOf);
  const last = notes.at(-1);
  return rows.length > limit && last ? { notes, next: last.id } : { notes };
}

function noteOf({ id, author, text, created_at }: Row): Note {
  return { id, author, text, createdAt: created_at.toISOString() };
}

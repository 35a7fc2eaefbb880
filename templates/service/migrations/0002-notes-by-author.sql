-- Pages of one author's notes, newest first.
CREATE INDEX notes_by_author ON service.notes (author, id DESC);

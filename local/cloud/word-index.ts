/** Which entries of a table have a word, without a look at the others. */
export class WordIndex<T> {
  private readonly byWord = new Map<string, Map<string, T>>();

  constructor(private readonly wordsOf: (entry: T) => ReadonlySet<string>) {}

  /** Follows an entry of the table that comes, or that changes from what it was `before`. */
  put(key: string, entry: T, before?: T): void {
    if (before !== undefined) this.remove(key, before);
    for (const word of this.wordsOf(entry)) {
      const entries = this.byWord.get(word);
      if (entries) entries.set(key, entry);
      else this.byWord.set(word, new Map([[key, entry]]));
    }
  }

  /** Follows an entry that goes. */
  remove(key: string, entry: T): void {
    for (const word of this.wordsOf(entry)) {
      const entries = this.byWord.get(word);
      entries?.delete(key);
      if (entries?.size === 0) this.byWord.delete(word);
    }
  }

  /** The entries that have at least one of the words, by their keys. */
  having(words: Iterable<string>): Map<string, T> {
    return new Map([...words].flatMap((word) => [...(this.byWord.get(word) ?? [])]));
  }
}

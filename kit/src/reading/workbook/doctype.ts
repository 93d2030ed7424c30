// The declaration of a document's type, which is passed over: nothing that is declared there is ever used.

/** Where the declaration ends that begins before this place; nothing where it has no end. */
export function afterDoctype(source: string, from: number): number | undefined {
  const outside = /["'[>]/g;
  for (let at = from; ;) {
    outside.lastIndex = at;
    const found = outside.exec(source);
    if (found === null) return undefined;
    if (found[0] === ">") return found.index + 1;
    if (found[0] === "[") return afterSubset(source, found.index + 1);
    const closed = source.indexOf(found[0], found.index + 1);
    if (closed < 0) return undefined;
    at = closed + 1;
  }
}

function afterSubset(source: string, from: number): number | undefined {
  for (let at: number | undefined = from; at !== undefined;) {
    while (at < source.length && source[at] !== "<" && source[at] !== "]") at += 1;
    if (at >= source.length) return undefined;
    if (source[at] === "]") return after(source, ">", at);
    at = afterDeclared(source, at);
  }
  return undefined;
}

function afterDeclared(source: string, at: number): number | undefined {
  if (source.startsWith("<!--", at)) return after(source, "-->", at + 4);
  if (source.startsWith("<?", at)) return after(source, "?>", at + 2);
  if (!/^<!(?:ATTLIST|ENTITY|NOTATION)/.test(source.slice(at, at + 10))) {
    return after(source, ">", at);
  }
  for (let here = at; here < source.length; here += 1) {
    const letter = source.charAt(here);
    if (letter === ">") return here + 1;
    if (letter !== '"' && letter !== "'") continue;
    here = source.indexOf(letter, here + 1);
    if (here < 0) return undefined;
  }
  return undefined;
}

function after(source: string, mark: string, from: number): number | undefined {
  const at = source.indexOf(mark, from);
  return at < 0 ? undefined : at + mark.length;
}

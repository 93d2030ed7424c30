// Which formats of numbers show a moment, and which a length of time.

/** What a cell's format shows. */
export type Shows = "number" | "moment" | "duration";

/** What a format shows that Excel brings along. */
export function builtIn(id: number): Shows {
  if (id === 46) return "duration";
  const moments = [
    [14, 22],
    [27, 36],
    [45, 45],
    [47, 47],
    [50, 58],
  ];
  return moments.some(([first = 0, last = 0]) => id >= first && id <= last) ? "moment" : "number";
}

/** What a format shows that somebody wrote: only its first section counts. */
export function customFormat(format: string): Shows {
  let [escaped, quoted, morning, lengths] = [false, false, false, false];
  let brackets = 0;
  let before = " ";
  for (const letter of format) {
    const open = brackets === 0;
    if (escaped) escaped = false;
    else if ("_\\*".includes(letter)) escaped = true;
    else if (quoted) quoted = letter !== '"';
    else if (letter === '"') quoted = true;
    else if (letter === ";") return "number";
    else if (letter === "[") brackets = (brackets + 1) & 0xff;
    else if (letter === "]" && brackets === 1 && lengths) return "duration";
    else if (letter === "]") brackets = Math.max(0, brackets - 1);
    else if ("aA".includes(letter) && open && !morning) morning = true;
    else if ("pm/PM".includes(letter) && open && morning) return "moment";
    else if ("dmhysDMHYS".includes(letter) && open && !morning) return "moment";
    else if (!lengths || letter.toLowerCase() !== before.toLowerCase()) {
      lengths = before === "[" && "mhsMHS".includes(letter);
    }
    before = letter;
  }
  return "number";
}

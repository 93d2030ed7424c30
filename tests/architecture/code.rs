//! Source text as the rules need it: code without tests and prose, and the paths that it names.
//! Knows Rust's signs and words, and nothing of what they mean.

/// A path that the code names, such as `crate::ledger::Ledger`; one in braces comes with its prefix.
pub(crate) struct Named<'a> {
    pub(crate) line: usize,
    pub(crate) parts: Vec<&'a str>,
    pub(crate) after_use: bool,
    pub(crate) is_macro: bool,
}

impl<'a> Named<'a> {
    /// The part that stands directly below the root of the crate, however the path gets there.
    pub(crate) fn room(&self, path: &str) -> Option<&'a str> {
        let ups = self
            .parts
            .iter()
            .take_while(|part| **part == "super")
            .count();
        match self.parts.first()? {
            &"crate" | &"pillarbox" => self.parts.get(1).copied(),
            _ if ups > 0 && ups >= depth(path) => self.parts.get(ups).copied(),
            _ => None,
        }
    }
}

/// How many `super` lead from a file to the root: 1 for `ledger/mod.rs`, 2 for `ledger/a.rs`.
fn depth(path: &str) -> usize {
    let parts = path.split('/').count();
    match path.rsplit('/').next() {
        Some("mod.rs") => parts - 1,
        _ => parts,
    }
}

/// Every path in code that holds neither comments nor texts, with use-trees spread out.
pub(crate) fn paths(code: &str) -> Vec<Named<'_>> {
    let mut found: Vec<Named<'_>> = Vec::new();
    let mut prefixes: Vec<Vec<&str>> = Vec::new();
    let (mut before, mut joined) = ("", false);
    for (line, token) in tokens(code) {
        let is_word = token.starts_with(|c: char| c.is_alphabetic() || c == '_');
        match (token, found.last_mut()) {
            ("{", Some(last)) if joined => prefixes.push(last.parts.clone()),
            ("{", _) => prefixes.push(Vec::new()),
            ("}", _) => drop(prefixes.pop()),
            ("!", Some(last)) => last.is_macro |= before == *last.parts.last().unwrap_or(&""),
            (_, Some(last)) if is_word && joined => last.parts.push(token),
            _ if is_word && before != "." => {
                let mut parts = prefixes.last().cloned().unwrap_or_default();
                parts.push(token);
                found.push(Named {
                    line,
                    parts,
                    after_use: before == "use",
                    is_macro: false,
                });
            }
            _ => {}
        }
        joined = token == "::" && before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        before = token;
    }
    found
}

/// Words, `::` and single signs, each with its line.
fn tokens(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = code.lines().zip(1..);
    lines.flat_map(|(text, line)| {
        let mut rest = text.trim_start();
        std::iter::from_fn(move || {
            let first = rest.chars().next()?;
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let end = match first {
                _ if word > 0 => word,
                _ if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            let token = &rest[..end];
            rest = rest[end..].trim_start();
            Some((line, token))
        })
    })
}

/// A file up to its tests, which stand last (clippy's `items_after_test_module` sees to that).
pub(crate) fn without_tests(text: &str) -> &str {
    let opens_tests = |(at, _): &(usize, &str)| {
        let mut lines = text[at + 1..].lines();
        lines.find(|line| line.starts_with(char::is_alphabetic)) == Some("mod tests {")
    };
    let tail = text.match_indices("\n#[cfg(test)]\n").find(opens_tests);
    tail.map_or(text, |(at, _)| &text[..=at])
}

/// The code with the inside of comments and texts blanked; its lines stay where they were.
pub(crate) fn without_prose(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let prose = prose_length(rest, after_word);
        let end = prose.unwrap_or(first.len_utf8());
        let (taken, left) = rest.split_at(end);
        match prose {
            Some(_) => code.extend(taken.chars().filter(|c| *c == '\n').chain([' '])),
            None => code.push_str(taken),
        }
        rest = left;
    }
    code
}

/// How many bytes of comment, text or character literal stand at the head of `rest`, if any do.
fn prose_length(rest: &str, after_word: bool) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(rest.find("*/").map_or(rest.len(), |at| at + 2));
    }
    if rest.starts_with('"') {
        return Some(closed_by(rest, 1, '"'));
    }
    if let Some(character) = rest.strip_prefix('\'') {
        let is_literal = character.starts_with('\\') || character.chars().nth(1) == Some('\'');
        return is_literal.then(|| closed_by(rest, 1, '\''));
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
    let hashes = raw.filter(|_| !after_word)?;
    let fence = hashes.bytes().take_while(|b| *b == b'#').count();
    hashes[fence..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(fence));
    let opened = rest.len() - hashes.len() + fence + 1;
    Some(
        rest[opened..]
            .find(&close)
            .map_or(rest.len(), |at| opened + at + close.len()),
    )
}

/// Where a literal that began before `from` ends: behind the first `quote` that no backslash guards.
fn closed_by(rest: &str, from: usize, quote: char) -> usize {
    let mut guarded = false;
    for (at, c) in rest[from..].char_indices() {
        match c {
            _ if guarded => guarded = false,
            '\\' => guarded = true,
            _ if c == quote => return from + at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

//! One table of a TOML file, read by the words of a schema: unknown keys, wrong types and impossible
//! values become complaints, each at its place, and reading goes on.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    nearest::nearest,
    schema::{Schema, Section},
    source::Source,
};

/// A table, or the lack of one, with the section of the schema that says what it may hold.
pub(super) struct Table<'d> {
    entries: Option<&'d DeTable<'d>>,
    /// Where complaints about something missing are put.
    at: usize,
    schema: &'static Schema,
    section: &'static Section,
    source: &'d Source,
}

/// What a value should have been.
pub(super) struct Wanted {
    /// Behind "must be".
    pub(super) must_be: String,
    /// Behind "such as"; empty: the schema's example.
    pub(super) such_as: String,
}

impl Wanted {
    pub(super) fn new(must_be: impl Into<String>, such_as: impl Into<String>) -> Self {
        Self {
            must_be: must_be.into(),
            such_as: such_as.into(),
        }
    }
}

impl<'d> Table<'d> {
    /// The whole file as a table.
    pub(super) fn top(
        entries: &'d Spanned<DeTable<'d>>,
        schema: &'static Schema,
        source: &'d Source,
    ) -> Self {
        let table = Self {
            entries: Some(entries.get_ref()),
            at: 0,
            schema,
            section: schema.top(),
            source,
        };
        table.refuse_unknown();
        table
    }

    /// Whether the file has this table.
    pub(super) fn is_present(&self) -> bool {
        self.entries.is_some()
    }

    /// A table within this one; its keys are missing where it is.
    pub(super) fn table(&self, key: &str) -> Self {
        let found = self.find(key);
        let entries = found.and_then(|value| value.get_ref().as_table());
        if let (Some(value), None) = (found, entries) {
            let name = self.schema.within(self.section, key).name;
            let (what, hint) = (
                format!("`{key}` must be a section"),
                format!("such as [{name}]"),
            );
            self.source.error(value.span().start, what, hint);
        }
        let table = Self {
            entries,
            at: found.map_or(self.at, |value| value.span().start),
            section: self.schema.within(self.section, key),
            ..*self
        };
        table.refuse_unknown();
        table
    }

    /// The tables of an array of tables, in the order of the file.
    pub(super) fn tables(&self, key: &str) -> Vec<Self> {
        let Some(value) = self.find(key) else {
            return Vec::new();
        };
        let items: &[Spanned<DeValue<'_>>] = match value.get_ref() {
            DeValue::Array(items) => items,
            _ => &[],
        };
        let tables: Vec<_> = items
            .iter()
            .filter_map(|item| match item.get_ref() {
                DeValue::Table(entries) => Some(Self {
                    entries: Some(entries),
                    at: item.span().start,
                    section: self.schema.within(self.section, key),
                    ..*self
                }),
                _ => None,
            })
            .collect();
        if tables.len() != items.len() || !value.get_ref().is_array() {
            let what = format!("`{key}` is a list of sections");
            let name = self.schema.within(self.section, key).name;
            let hint = format!("write [[{name}]], with two brackets");
            self.source.error(value.span().start, what, hint);
        }
        for table in &tables {
            table.refuse_unknown();
        }
        tables
    }

    /// The value of this key, where there is one and `kind` takes it.
    pub(super) fn read<T>(
        &self,
        key: &str,
        kind: impl Fn(&DeValue<'_>) -> Result<T, Wanted>,
    ) -> Option<T> {
        self.judge(key, self.find(key)?, "", kind)
    }

    /// The value of this key; a complaint where there is none.
    pub(super) fn require<T>(
        &self,
        key: &str,
        kind: impl Fn(&DeValue<'_>) -> Result<T, Wanted>,
    ) -> Option<T> {
        if self.find(key).is_none() {
            self.missing(key);
        }
        self.read(key, kind)
    }

    /// The values of an array, each with its place; `None` where there is no array or any of its
    /// values is wrong.
    pub(super) fn list<T>(
        &self,
        key: &str,
        kind: impl Fn(&DeValue<'_>) -> Result<T, Wanted>,
    ) -> Option<Vec<(usize, T)>> {
        let value = self.find(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            let what = format!("`{key}` must be a list");
            let hint = "put the values between [ and ], with commas";
            self.source.error(value.span().start, what, hint);
            return None;
        };
        let read: Vec<_> = items
            .iter()
            .map(|item| Some((item.span().start, self.judge(key, item, "each of ", &kind)?)))
            .collect();
        read.into_iter().collect()
    }

    /// Whether the key is missing.
    pub(super) fn lacks(&self, key: &str) -> bool {
        self.find(key).is_none()
    }

    /// The keys that are there and that `kind` takes, with their values: for tables of free choice
    /// among the schema's keys.
    pub(super) fn all<T>(
        &self,
        kind: impl Fn(&DeValue<'_>) -> Result<T, Wanted>,
    ) -> Vec<(&'static str, T)> {
        let known = self.section.settings.iter().map(|setting| setting.key);
        known
            .filter_map(|key| Some((key, self.read(key, &kind)?)))
            .collect()
    }

    /// Notes an error at this key's value, or at the table where it is missing.
    pub(super) fn error(&self, key: &str, what: impl Into<String>, hint: impl Into<String>) {
        self.source.error(self.place_of(key), what, hint);
    }

    /// Notes a warning at this key's value, or at the table where it is missing.
    pub(super) fn warning(&self, key: &str, what: impl Into<String>, hint: impl Into<String>) {
        self.source.warning(self.place_of(key), what, hint);
    }

    /// Notes an error at a place that [`Table::list`] told.
    pub(super) fn error_at(&self, at: usize, what: impl Into<String>, hint: impl Into<String>) {
        self.source.error(at, what, hint);
    }

    /// Notes that a required key is missing.
    pub(super) fn missing(&self, key: &str) {
        let place = match self.section.name {
            "" => String::new(),
            name => format!(" in [{name}]"),
        };
        let section = match (self.entries, self.section.name) {
            (None, name) if !name.is_empty() => format!("[{name}] and below it "),
            _ => String::new(),
        };
        let hint = format!("add {section}{key} = {}", self.section.example(key));
        self.source
            .error(self.at, format!("`{key}` is missing{place}"), hint);
    }

    fn find(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        debug_assert!(self.schema.knows(self.section, key), "{key} has no schema");
        self.entries?.get(key)
    }

    fn place_of(&self, key: &str) -> usize {
        self.find(key).map_or(self.at, |value| value.span().start)
    }

    fn judge<T>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        of_which: &str,
        kind: impl Fn(&DeValue<'_>) -> Result<T, Wanted>,
    ) -> Option<T> {
        kind(value.get_ref())
            .map_err(|Wanted { must_be, such_as }| {
                let what = format!("{of_which}`{key}` must be {must_be}");
                let hint = match such_as.as_str() {
                    "" => format!("such as {}", self.section.example(key)),
                    such_as => format!("such as {such_as}"),
                };
                self.source.error(value.span().start, what, hint);
            })
            .ok()
    }

    fn refuse_unknown(&self) {
        let keys = self.entries.into_iter().flat_map(|entries| entries.keys());
        for key in keys.filter(|key| !self.schema.knows(self.section, key.get_ref())) {
            let name = key.get_ref();
            let shown: String = name.escape_debug().take(LONGEST_KEY_SHOWN).collect();
            let known = self.schema.keys(self.section);
            let hint = match (nearest(name, known.iter().copied()), self.schema.home(name)) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(home)) => format!("it belongs under [{home}]"),
                (None, None) => format!("remove it; known here: {}", known.join(", ")),
            };
            let what = format!("unknown key `{shown}`");
            self.source.error(key.span().start, what, hint);
        }
    }
}

/// In characters: a key that was never meant to be one may be as long as a file.
const LONGEST_KEY_SHOWN: usize = 40;

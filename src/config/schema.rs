//! What a schema is: every key that a kind of file may have, with its default and a sentence on it.
//! Unknown keys are those that are not in it, and what Pillarbox writes is made from it.

/// The sections of one kind of file; the first is the top level.
pub(super) struct Schema(pub(super) &'static [Section]);

/// One table: `intake`, or `destinations.columns`.
pub(super) struct Section {
    /// As it stands between brackets; empty for the top level.
    pub(super) name: &'static str,
    /// What it is about.
    pub(super) about: &'static str,
    /// Its keys, in the order in which people read them.
    pub(super) settings: &'static [Setting],
}

/// One key.
pub(super) struct Setting {
    /// The key.
    pub(super) key: &'static str,
    /// What it is when it is left out.
    pub(super) when_absent: WhenAbsent,
    /// What it does.
    pub(super) about: &'static str,
}

/// A key's default, as TOML.
pub(super) enum WhenAbsent {
    /// The same as if this were written.
    Default(&'static str),
    /// Not set; this is what it could look like.
    Unset(&'static str),
    /// A complaint; this is what it could look like.
    Refused(&'static str),
}

impl WhenAbsent {
    /// The default or the example.
    pub(super) fn text(&self) -> &'static str {
        let (Self::Default(text) | Self::Unset(text) | Self::Refused(text)) = self;
        text
    }
}

impl Schema {
    /// The top level.
    pub(super) fn top(&self) -> &'static Section {
        self.section("")
    }

    /// The table of this key within a table.
    pub(super) fn within(&self, parent: &Section, key: &str) -> &'static Section {
        match parent.name {
            "" => self.section(key),
            name => self.section(&format!("{name}.{key}")),
        }
    }

    /// Whether this key may stand in this table.
    pub(super) fn knows(&self, section: &Section, key: &str) -> bool {
        self.keys(section).contains(&key)
    }

    /// All keys that may stand in this table, those of tables included.
    pub(super) fn keys(&self, section: &Section) -> Vec<&'static str> {
        let own = section.settings.iter().map(|setting| setting.key);
        let tables = self.0.iter().filter_map(|other| {
            let (parent, key) = other.name.rsplit_once('.').unwrap_or(("", other.name));
            (parent == section.name && !key.is_empty()).then_some(key)
        });
        own.chain(tables).collect()
    }

    /// The section that a key belongs to, where there is only one.
    pub(super) fn home(&self, key: &str) -> Option<&'static str> {
        let has_it = |section: &&Section| section.settings.iter().any(|s| s.key == key);
        let mut homes = self.0.iter().filter(has_it);
        match (homes.next(), homes.next()) {
            (Some(section), None) if !section.name.is_empty() => Some(section.name),
            _ => None,
        }
    }

    fn section(&self, name: &str) -> &'static Section {
        let found = self.0.iter().find(|section| section.name == name);
        debug_assert!(found.is_some(), "no section {name}");
        found.unwrap_or(&NOTHING)
    }
}

impl Section {
    /// Whether there may be many of them: `[[schedule]]`.
    pub(super) fn is_repeated(&self) -> bool {
        matches!(self.name, "schedule" | "council.person")
    }

    /// What a key's value could look like.
    pub(super) fn example(&self, key: &str) -> &'static str {
        let setting = self.settings.iter().find(|setting| setting.key == key);
        setting.map_or("…", |setting| setting.when_absent.text())
    }
}

const NOTHING: Section = Section {
    name: "",
    about: "",
    settings: &[],
};

/// A key with a default.
pub(super) const fn default(key: &'static str, text: &'static str, about: &'static str) -> Setting {
    setting(key, WhenAbsent::Default(text), about)
}

/// A key that may be left out and has no default.
pub(super) const fn unset(
    key: &'static str,
    example: &'static str,
    about: &'static str,
) -> Setting {
    setting(key, WhenAbsent::Unset(example), about)
}

/// A key that must be there.
pub(super) const fn required(
    key: &'static str,
    example: &'static str,
    about: &'static str,
) -> Setting {
    setting(key, WhenAbsent::Refused(example), about)
}

const fn setting(key: &'static str, when_absent: WhenAbsent, about: &'static str) -> Setting {
    Setting {
        key,
        when_absent,
        about,
    }
}

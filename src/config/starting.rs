//! The `pillarbox.toml` that a council starts from: what it must know is set, and every other setting
//! is a comment with its default and a sentence, made from the schema.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use toml_edit::Value;

use super::{
    durable::create,
    edit::EditError,
    known_settings::SETTINGS,
    schema::{Section, Setting, WhenAbsent},
    settings::{Settings, default_etc, default_state},
};

/// What a new installation is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The council's name.
    pub name: String,
    /// The local authority's number.
    pub la: u16,
    /// The domain that receipts are signed under.
    pub domain: Option<String>,
    /// Whom schools should ask.
    pub contact: Option<String>,
    /// Where pupils read what is done with their data.
    pub privacy_notice: Option<String>,
    /// Where things lie.
    pub places: Places,
}

/// The four paths of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// `state`.
    pub state: PathBuf,
    /// `boxes`.
    pub boxes: PathBuf,
    /// `schools`.
    pub schools: PathBuf,
    /// `keys`.
    pub keys: PathBuf,
}

impl Places {
    /// As a package installs it.
    pub fn system() -> Self {
        Self {
            state: default_state().to_owned(),
            boxes: default_state().join("boxes"),
            schools: default_etc().join("schools.d"),
            keys: default_etc().join("keys"),
        }
    }

    /// All in one folder, as `pillarbox init DIR` makes it.
    pub fn under(folder: &Path) -> Self {
        Self {
            state: folder.join("state"),
            boxes: folder.join("state").join("boxes"),
            schools: folder.join("schools.d"),
            keys: folder.join("keys"),
        }
    }
}

impl Start {
    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = String::from(HEAD);
        for section in SETTINGS.0 {
            let comment_out = if section.is_repeated() { "# " } else { "" };
            let _ = writeln!(text, "\n# {}", section.about);
            match section.name {
                "" => {}
                name if section.is_repeated() => {
                    let _ = writeln!(text, "# [[{name}]]");
                }
                name => {
                    let _ = writeln!(text, "[{name}]");
                }
            }
            for setting in section.settings {
                self.line(&mut text, section, setting, comment_out);
            }
        }
        text
    }

    /// Writes the file; an error where there is one already, or where it would be refused.
    pub fn write(&self, file: &Path) -> Result<(), EditError> {
        let text = self.text();
        Settings::parse(file, &text).map_err(EditError::Refused)?;
        create(file, &text).map_err(|source| EditError::creating(file, source))
    }

    fn line(&self, text: &mut String, section: &Section, setting: &Setting, comment_out: &str) {
        let (key, about) = (setting.key, setting.about);
        let _ = match (self.chosen(section, setting), &setting.when_absent) {
            (Some(value), _) => writeln!(text, "{key} = {value}  # {about}"),
            (None, WhenAbsent::Default(value)) if comment_out.is_empty() => {
                writeln!(text, "# {about}\n# {key} = {value}")
            }
            (None, WhenAbsent::Unset(value) | WhenAbsent::Refused(value))
                if comment_out.is_empty() =>
            {
                writeln!(text, "# {about} For example:\n# {key} = {value}")
            }
            (None, when_absent) => {
                writeln!(
                    text,
                    "{comment_out}{key} = {}  # {about}",
                    when_absent.text()
                )
            }
        };
    }

    /// What this installation was told for a setting, as TOML.
    fn chosen(&self, section: &Section, setting: &Setting) -> Option<String> {
        let path = |path: &Path| Some(quoted(&path.to_string_lossy()));
        let words = |words: &Option<String>| words.as_deref().map(quoted);
        match (section.name, setting.key) {
            ("", "state") => path(&self.places.state),
            ("", "boxes") => path(&self.places.boxes),
            ("", "schools") => path(&self.places.schools),
            ("", "keys") => path(&self.places.keys),
            ("council", "name") => Some(quoted(&self.name)),
            ("council", "la") => Some(self.la.to_string()),
            ("council", "domain") => words(&self.domain),
            ("council", "contact") => words(&self.contact),
            ("council", "privacy_notice") => words(&self.privacy_notice),
            ("sftp", "listen") => Some(setting.when_absent.text().to_owned()),
            // A package installs a service of its own for SFTP, under a user of its own.
            ("sftp", "in_daemon") if self.places == Places::system() => Some("false".to_owned()),
            _ => None,
        }
    }
}

/// A TOML string with whatever it takes around it.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

const HEAD: &str = "\
# Pillarbox settings. A setting behind a \"#\" shows its default: take the \"#\" away to change it.
# `pillarbox check` says what is wrong, with line and column.
";

#[cfg(test)]
mod tests;

//! Floor 2: TOML to typed settings, and the council's files about schools. A file that is wrong says
//! everything that is wrong with it at once, with line and column; unknown keys are wrong.
//!
//! Knows files, TOML and the shapes of values. Doesn't know what a setting does, whether a key can
//! be sealed to, or when to read again.

mod complaint;
mod durable;
mod edit;
mod folders;
mod key_files;
mod known_school;
mod known_settings;
mod known_sftp;
mod nearest;
mod public_key;
mod reading_persons;
mod reading_school;
mod reading_settings;
mod reading_sftp;
mod schema;
mod schools;
mod settings;
mod sftp_settings;
mod source;
mod starting;
mod table;
mod values;

pub use complaint::{Complaint, Complaints, Place, Severity};
pub use edit::{EditError, add_person, set_signed, set_suspended, set_terminated, write_school};
pub use folders::Folders;
pub use key_files::{KeyFile, KeyFileError, KeyPlace};
pub use schools::{Reloaded, Schools, folder_state};
pub use settings::{
    Approval, Backup, Consent, Council, Destinations, Intake, Notices, Reader, ReaderJail, Release,
    Requests, Retention, Review, Settings, Year11School, Year12List,
};
pub use sftp_settings::{KeyExchange, Sftp};
pub use starting::{Places, Start};

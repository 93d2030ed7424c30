//! Floor 2: the only room with age and signing keys. It makes destination files, opens uploads that
//! came encrypted, and signs receipts. Knows no ledger, no folders and no clock.
//!
//! ```text
//! shareable rows ─▶ sheet ─▶ seal_file ─▶ bytes for outbox/     to the keys of `Recipients`
//! pupils of a notice ─▶ notice_csv ─▶ seal_file ─▶ bytes for receipts/
//! bytes of an .age upload ─▶ IntakeKey ─▶ plain bytes
//! list_template_csv, list_template_xlsx ─▶ lists for a school to fill in
//! members of a backup ─▶ ArchiveWriter ─▶ a sealed stream ─▶ read_archive
//! bytes of a receipt ─▶ ReceiptKey ─▶ an OpenSSH signature
//! ```

mod archive;
mod identity;
mod intake;
mod list_template;
mod notice;
mod public_key;
mod receipt_key;
mod recipients;
mod sealed;
mod sheet;
mod signers;
#[cfg(test)]
mod trial;

pub use archive::{ArchiveFault, ArchiveWriter, read_archive};
pub use identity::{IdentityFault, OpenFileFault, open_file};
pub use intake::{EarlierIntakeKey, IntakeKey, IntakeKeyFault, OpenFault};
pub use list_template::{list_template_csv, list_template_xlsx};
pub use notice::{NoticeRow, notice_csv};
pub use public_key::{PublicKey, PublicKeyFault};
pub use receipt_key::{
    NotSigned, RECEIPT_NAMESPACE, ReceiptKey, ReceiptKeyFault, ReceiptVerifier, Verdict,
};
pub use recipients::{RecipientFault, Recipients, check_person};
pub use sealed::{SealError, seal_file};
pub use sheet::{DESTINATION_COLUMNS, SheetError, destination_csv, destination_xlsx};
pub use signers::{Adopted, Signer, Signers, SignersFault, Standing};

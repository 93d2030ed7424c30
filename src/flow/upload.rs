//! One upload on its way from inbox to judgement.

use std::{ffi::OsString, fmt, sync::Arc};

use zeroize::Zeroizing;

use crate::{
    boxes::handover::UploadId,
    domain::{ids::SubmissionId, problem::ProblemCode, school::School},
    ledger::FileStat,
};

/// A complete upload in memory, not recorded yet.
pub(super) struct Upload {
    pub(super) school: Arc<School>,
    /// As the school named it; personal, because schools name files after pupils.
    pub(super) name: String,
    /// The same byte for byte, which need not be text.
    pub(super) raw_name: OsString,
    pub(super) stat: FileStat,
    pub(super) size: u64,
    pub(super) sha256: [u8; 32],
    pub(super) body: Body,
    /// The fingerprint of the uploading person's key, where the transport tells.
    pub(super) by: Option<String>,
    /// Under which id our own server handed it over.
    pub(super) handed_over: Option<UploadId>,
}

/// What was read of an upload.
pub(super) enum Body {
    /// All of it.
    Bytes(Zeroizing<Vec<u8>>),
    /// Nothing: it is no file, or too large to be one that we take.
    Unread(ProblemCode),
}

impl Body {
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Unread(_) => None,
        }
    }

    /// Why nothing was read, where nothing was.
    pub(super) fn unread(&self) -> Option<ProblemCode> {
        match self {
            Self::Bytes(_) => None,
            Self::Unread(code) => Some(*code),
        }
    }
}

impl Upload {
    /// When it was complete, in nanoseconds since 1970 by the real clock.
    pub(super) fn arrived(&self) -> i128 {
        let handed_over = self.handed_over.as_ref().map(UploadId::nanoseconds);
        handed_over.unwrap_or(self.stat.ctime_ns)
    }
}

/// An upload that the ledger knows: from here on nothing that happens can lose it.
pub(super) struct Taken {
    pub(super) id: SubmissionId,
    /// Under which key the spool has the sealed copy.
    pub(super) spool: Option<String>,
    pub(super) upload: Upload,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({}, {} bytes, …)", self.school.id, self.size)
    }
}

//! The limits that a session may meet. Each is a setting; that one was met is counted under its name.

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Open files and listings (`sftp.max_handles`).
    Handles,
    /// What a file may be called: 255 bytes, no control characters.
    Names,
    /// Bytes of one file (`intake.max_bytes`, `sftp.max_extract`).
    Size,
    /// Bytes of all files in a box (`sftp.box_quota`).
    Quota,
    /// Files in an inbox (`sftp.max_files`).
    Files,
    /// Room on the disk (`sftp.spare_disk`).
    Disk,
}

impl Limit {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Handles,
        Self::Names,
        Self::Size,
        Self::Quota,
        Self::Files,
        Self::Disk,
    ];

    /// Its name in counters and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Handles => "handles",
            Self::Names => "names",
            Self::Size => "size",
            Self::Quota => "quota",
            Self::Files => "files",
            Self::Disk => "disk",
        }
    }
}

//! SFTP version 3 on the wire (draft-ietf-secsh-filexfer-02): packets in, packets out, over bytes. Names
//! and handles are bytes as well, for no rule says that a name is text. Knows no file and no box.

mod ask;
mod attributes;
mod fields;
mod frames;
mod limit;
mod longname;
pub mod number;
mod reply;
mod status;

pub use ask::{Answer, Ask, read_answer};
pub use attributes::Attributes;
pub use fields::{Fields, Malformed};
pub use frames::{Broken, Frames, LARGEST_PACKET};
pub use limit::Limit;
pub use longname::long_name;
pub use reply::{Name, Replies};
pub use status::{Refusal, Status};

/// The version that is spoken.
pub const VERSION: u32 = 3;

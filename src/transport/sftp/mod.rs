//! Pillarbox's own SFTP server (spec 8): russh carries the bytes, all of SFTP is here. Version 3 of the
//! protocol (draft-ietf-secsh-filexfer-02), served from a box that the kernel keeps a visitor in.

pub mod coverage;
pub mod place;
pub mod visitor;
pub mod wire;

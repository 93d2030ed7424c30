//! Workbooks to tables: the only sheet with data, read from memory. A container is walked before anything
//! opens it, because what it unpacks to is its author's choice.

mod calamined;
mod compound;
mod container;
mod ods;
mod records;
mod xls;
mod xlsx;

pub(super) use compound::is_encrypted_package;
pub(super) use ods::ods;
pub(super) use xls::xls;
pub(super) use xlsx::xlsx;

use super::unreadable::Unreadable;

fn damaged() -> Unreadable {
    Unreadable::Damaged
}

#[cfg(test)]
mod tests;

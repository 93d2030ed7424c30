//! The one row that may leave. Nobody but the gate makes one, and it tells no more than the agreed six
//! facts.

use std::fmt;

use time::Date;

use crate::domain::{
    destination::{Disclosed, Label},
    ids::PupilId,
    names::Name,
};

/// A row that the gate has let through today. It has no `Display`, and is not kept: what the ledger keeps
/// is [`Disclosed`], which goes through the gate again before it leaves again.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareableRow {
    pupil: PupilId,
    values: Disclosed,
    sound_until: Date,
}

impl ShareableRow {
    /// The gate alone calls this.
    pub(super) fn new(pupil: PupilId, values: Disclosed, sound_until: Date) -> Self {
        Self {
            pupil,
            values,
            sound_until,
        }
    }

    /// Whose row it is.
    pub fn pupil(&self) -> PupilId {
        self.pupil
    }

    /// Forename, as the school gave it.
    pub fn forename(&self) -> &Name {
        &self.values.forename
    }

    /// Surname, as the school gave it.
    pub fn surname(&self) -> &Name {
        &self.values.surname
    }

    /// Date of birth, as the school gave it.
    pub fn born(&self) -> Date {
        self.values.born
    }

    /// Type of destination.
    pub fn label(&self) -> Label {
        self.values.label
    }

    /// Provider or employer, where it may be told.
    pub fn provider(&self) -> Option<&str> {
        self.values.provider.as_deref()
    }

    /// Start date.
    pub fn started(&self) -> Option<Date> {
        self.values.started
    }

    /// The day on which the destination was last confirmed.
    pub fn confirmed(&self) -> Option<Date> {
        self.values.confirmed
    }

    /// The first day on which time alone makes the gate say no.
    pub fn sound_until(&self) -> Date {
        self.sound_until
    }

    /// The values for the ledger to keep sealed.
    pub fn disclosed(&self) -> Disclosed {
        self.values.clone()
    }
}

impl fmt::Debug for ShareableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareableRow(…)")
    }
}

//! Schools, the agreement each has with the council, and the persons who act for them.

use time::Date;

use super::{identifiers::Urn, ids::SchoolId};

/// A school as its file in `schools.d/` tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct School {
    /// The LAESTAB, which is also the box and the login.
    pub id: SchoolId,
    /// The name that receipts use.
    pub name: String,
    /// The URN, where it is known: extracts may name the school by it.
    pub urn: Option<Urn>,
    /// The forms in which the school wants its destination files; never empty.
    pub formats: Vec<Format>,
    /// What was signed, and when it ends.
    pub agreement: Agreement,
    /// True while `school suspend` is in force: as good as an agreement that ended.
    pub suspended: bool,
    /// Who may act for the school.
    pub persons: Vec<Person>,
    /// The agreement's key contacts.
    pub contacts: Vec<Contact>,
}

impl School {
    /// A school of which nothing is known but that it has a box: its file is not, or no longer, there.
    pub fn unknown(id: SchoolId) -> Self {
        Self {
            id,
            name: format!("School {id}"),
            urn: None,
            formats: vec![Format::Csv],
            agreement: Agreement::default(),
            suspended: true,
            persons: Vec::new(),
            contacts: Vec::new(),
        }
    }

    /// Whether it is such a school.
    pub fn is_unknown(&self) -> bool {
        *self == Self::unknown(self.id)
    }

    /// Where the agreement stands on this day.
    pub fn standing(&self, on: Date) -> AgreementStanding {
        let agreement = &self.agreement;
        match (agreement.signed, agreement.terminated) {
            _ if self.suspended => AgreementStanding::Suspended,
            (_, Some(end)) if end <= on => AgreementStanding::Ended(end),
            (None, _) => AgreementStanding::NotSigned,
            (Some(signed), _) if signed > on => AgreementStanding::NotSigned,
            (Some(_), _) => AgreementStanding::InForce,
        }
    }

    /// The persons who may collect on this day, to whom a destination file is sealed.
    pub fn collectors(&self, on: Date) -> impl Iterator<Item = &Person> {
        self.persons
            .iter()
            .filter(move |person| person.may(Right::Collect, on))
    }
}

/// A destination file's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Comma-separated text, the default.
    Csv,
    /// A workbook with typed text cells.
    Xlsx,
}

impl Format {
    /// The form's name in settings and in file names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// The information sharing agreement between council and school (clauses 1.4 and 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The day on which both had signed; nothing is taken or shared before.
    pub signed: Option<Date>,
    /// The last review. An overdue review never blocks.
    pub reviewed: Option<Date>,
    /// The day from which nothing is taken or shared.
    pub terminated: Option<Date>,
}

/// Where an agreement stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum AgreementStanding {
    /// Signed, and no end has come.
    InForce,
    /// Not signed, or only from a later day.
    NotSigned,
    /// Terminated from this day.
    Ended(Date),
    /// Suspended by the council.
    Suspended,
}

/// A named member of school staff, authorised by the headteacher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person's name, for the council's eyes.
    pub name: String,
    /// Public keys as OpenSSH writes them, one a line: `ssh-ed25519 AAAA… comment`.
    pub keys: Vec<String>,
    /// An `age1…` recipient; without it the SSH keys open the files.
    pub age: Option<String>,
    /// What the person may do.
    pub rights: Vec<Right>,
    /// Who authorised the person.
    pub authorised_by: Option<String>,
    /// When.
    pub authorised_on: Option<Date>,
    /// The last day of the person's rights.
    pub until: Option<Date>,
}

impl Person {
    /// Whether the person may do this on this day.
    pub fn may(&self, right: Right, on: Date) -> bool {
        self.rights.contains(&right) && self.until.is_none_or(|last| on <= last)
    }
}

/// What a person may do in the school's box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Put files into `inbox/`.
    Upload,
    /// Read `outbox/`, and open what lies there.
    Collect,
}

/// A key contact of the agreement (clause 1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Whom to ask.
    pub name: String,
    /// The post that the person holds.
    pub role: Option<String>,
    /// Where to write.
    pub email: Option<String>,
    /// Where to ring.
    pub telephone: Option<String>,
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn school(agreement: Agreement) -> School {
        School {
            id: "8604001".parse().unwrap(),
            name: "Cannock Vale High School".to_owned(),
            urn: None,
            formats: vec![Format::Csv],
            agreement,
            suspended: false,
            persons: Vec::new(),
            contacts: Vec::new(),
        }
    }

    #[test]
    fn an_agreement_is_in_force_from_signature_to_the_day_before_its_end() {
        let school = school(Agreement {
            signed: Some(date!(2026 - 09 - 14)),
            reviewed: None,
            terminated: Some(date!(2027 - 07 - 31)),
        });
        assert_eq!(
            school.standing(date!(2026 - 09 - 13)),
            AgreementStanding::NotSigned
        );
        assert_eq!(
            school.standing(date!(2026 - 09 - 14)),
            AgreementStanding::InForce
        );
        assert_eq!(
            school.standing(date!(2027 - 07 - 30)),
            AgreementStanding::InForce
        );
        assert_eq!(
            school.standing(date!(2027 - 07 - 31)),
            AgreementStanding::Ended(date!(2027 - 07 - 31))
        );
    }

    #[test]
    fn a_suspended_school_has_no_agreement_in_force() {
        let signed = Agreement {
            signed: Some(date!(2026 - 09 - 14)),
            ..Agreement::default()
        };
        let school = School {
            suspended: true,
            ..school(signed)
        };
        assert_eq!(
            school.standing(date!(2026 - 10 - 01)),
            AgreementStanding::Suspended
        );
    }
}

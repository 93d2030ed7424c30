//! The keyed hashes by which a pupil's row is found again (spec 9), all scoped to one school.

use time::Date;

use crate::{
    domain::{ids::SchoolId, names::Name, pupil::Description, pupil::Pupil},
    vault::{Lookup, LookupKind, Vault},
};

/// What a row of the ledger can be found by; what is not known of a person finds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lookups {
    /// The permanent UPN; temporary ones are never matched on.
    pub upn: Option<Lookup>,
    /// The ULN.
    pub uln: Option<Lookup>,
    /// Forename and surname (form k1) with date of birth.
    pub k1: Option<Lookup>,
    /// Forename and surname (form k2) with date of birth.
    pub k2: Option<Lookup>,
    /// Forename (form k2) with date of birth.
    pub forename: Option<Lookup>,
    /// Surname (form k2) with date of birth.
    pub surname: Option<Lookup>,
}

impl Lookups {
    /// Those of a pupil of this school.
    pub fn of_pupil(vault: &Vault, school: SchoolId, pupil: &Pupil) -> Self {
        let scope = Scoped { vault, school };
        let names = Names::of(&pupil.name.forename, &pupil.name.surname);
        Self {
            upn: pupil.permanent_upn().map(|upn| scope.upn(upn.reveal())),
            uln: pupil.uln.map(|uln| scope.uln(uln.reveal())),
            ..names.lookups(&scope, pupil.born)
        }
    }

    /// Those of whomever a withdrawal or a refusal speaks of, as far as it tells.
    pub fn of_description(vault: &Vault, school: SchoolId, who: &Description) -> Self {
        let scope = Scoped { vault, school };
        let upn = who.upn.filter(|upn| !upn.is_temporary());
        let numbers = Self {
            upn: upn.map(|upn| scope.upn(upn.reveal())),
            uln: who.uln.map(|uln| scope.uln(uln.reveal())),
            ..Self::default()
        };
        let Some(born) = who.born else { return numbers };
        let names = match (&who.forename, &who.surname) {
            (Some(forename), Some(surname)) => Names::of(forename, surname).lookups(&scope, born),
            (forename, surname) => Self {
                forename: forename
                    .as_ref()
                    .map(|name| scope.forename(&name.k2(), born)),
                surname: surname.as_ref().map(|name| scope.surname(&name.k2(), born)),
                ..Self::default()
            },
        };
        Self {
            upn: numbers.upn,
            uln: numbers.uln,
            ..names
        }
    }
}

impl Lookups {
    /// By what a mark finds a person: each identifier, and both names with the date of birth in both forms.
    /// One name alone would find somebody else's.
    pub fn marks(&self) -> impl Iterator<Item = [u8; 16]> + use<> {
        let marks = [self.upn, self.uln, self.k1, self.k2];
        marks.into_iter().flatten().map(|Lookup(bytes)| bytes)
    }
}

/// Both forms of both names, made once.
struct Names {
    k1: [String; 2],
    k2: [String; 2],
}

impl Names {
    fn of(forename: &Name, surname: &Name) -> Self {
        Self {
            k1: [forename.k1(), surname.k1()],
            k2: [forename.k2(), surname.k2()],
        }
    }

    fn lookups(&self, scope: &Scoped<'_>, born: Date) -> Lookups {
        let [forename, surname] = &self.k2;
        Lookups {
            k1: Some(scope.names(LookupKind::NamesK1, &self.k1, born)),
            k2: Some(scope.names(LookupKind::NamesK2, &self.k2, born)),
            forename: Some(scope.forename(forename, born)),
            surname: Some(scope.surname(surname, born)),
            ..Lookups::default()
        }
    }
}

struct Scoped<'a> {
    vault: &'a Vault,
    school: SchoolId,
}

impl Scoped<'_> {
    fn upn(&self, upn: &str) -> Lookup {
        self.make(LookupKind::Upn, &[upn.as_bytes()])
    }

    fn uln(&self, uln: &str) -> Lookup {
        self.make(LookupKind::Uln, &[uln.as_bytes()])
    }

    fn names(&self, kind: LookupKind, [forename, surname]: &[String; 2], born: Date) -> Lookup {
        let names = [forename.as_bytes(), surname.as_bytes()];
        self.make(kind, &[names[0], names[1], &day(born)])
    }

    fn forename(&self, k2: &str, born: Date) -> Lookup {
        self.make(LookupKind::Forename, &[k2.as_bytes(), &day(born)])
    }

    fn surname(&self, k2: &str, born: Date) -> Lookup {
        self.make(LookupKind::Surname, &[k2.as_bytes(), &day(born)])
    }

    fn make(&self, kind: LookupKind, parts: &[&[u8]]) -> Lookup {
        self.vault.lookup(kind, self.school.number(), parts)
    }
}

fn day(born: Date) -> [u8; 4] {
    born.to_julian_day().to_le_bytes()
}

//! Which columns of an extract are read: by alias (`domain.md` 1.4 and 1.5), or as the settings name them.
//! All other columns stay in the parser.

use std::collections::HashMap;

use super::{super::aliases::compact, fault::ExtractFault};

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident $key:literal [$($alias:literal)*];)*) => {
        /// A column that may be read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ExtractField {
            $($(#[$doc])* $name,)*
        }

        impl ExtractField {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The field's key in `[destinations.columns]`.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// The headers that are known for it, compacted, the first of them going first.
            fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($alias),*],)* }
            }
        }
    };
}

fields! {
    /// Forename.
    Forename "forename" ["legalforename" "legalfirstname" "givenname" "forename" "firstname"];
    /// Surname.
    Surname "surname" ["legalsurname" "legallastname" "familyname" "surname" "lastname"];
    /// Date of birth.
    Born "date_of_birth" ["dob" "dateofbirth" "birthdate"];
    /// UPN.
    Upn "upn" ["uniquepupilnumber" "upn" "uniquepupilno"];
    /// ULN.
    Uln "uln" ["uniquelearnerno" "uniquelearnernumber" "uln"];
    /// Year 11 school, by LAESTAB or URN.
    Year11School "year11_school" ["year11school" "year11schoollaestab" "year11laestab" "year11dfenumber"
        "year11schooldfenumber" "year11establishment" "year11establishmentnumber" "year11schoolurn"
        "year11urn" "y11school" "y11schoollaestab" "y11laestab" "y11schoolurn" "y11urn" "schoolatyear11"];
    /// Activity code.
    Activity "activity_code" ["activitycode" "currentactivitycode" "currentactivity" "activity"];
    /// Provider.
    Provider "provider" ["provideroremployer" "establishmentname" "providername" "provider"
        "establishment"];
    /// Employer, where a column of its own tells it; it goes before the provider for employment.
    Employer "employer" ["employername" "employer"];
    /// Start date.
    Started "start_date" ["startdate" "activitystartdate" "destinationstartdate" "currentactivitystartdate"];
    /// The day on which the destination was last confirmed.
    Confirmed "confirmed_on" ["dateverified" "verifieddate" "confirmedon" "dateconfirmed" "confirmeddate"
        "lastconfirmed" "lastverified"];
    /// The flag that the record is no longer current.
    Lapsed "currency_lapsed" ["currencylapsed" "lapsed"];
    /// The day on which the record lapses.
    Lapses "due_to_lapse" ["duetolapsedate" "duetolapse" "lapsedate"];
    /// Cohort status.
    Status "cohort_status" ["cohortstatus"];
    /// The flag of an EHCP.
    Send "send_flag" ["sendflag" "send" "ehcp"];
    /// The caseload system's id for the young person.
    Client "client_id" ["youngpersonsid" "youngpersonid" "ypid" "clientid" "clientno" "clientnumber"
        "caseloadid" "ccisid"];
    /// The last day that the extract speaks of.
    PeriodEnd "period_end" ["periodend"];
    /// The day on which the extract was made.
    DateOfSend "date_of_send" ["dateofsend"];
}

impl ExtractField {
    /// The field with this key in the settings.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.key() == key)
    }

    /// Without these there is no record.
    const REQUIRED: [Self; 4] = [Self::Forename, Self::Surname, Self::Born, Self::Activity];

    /// Columns of days.
    pub(super) const DATES: [Self; 6] = [
        Self::Born,
        Self::Started,
        Self::Confirmed,
        Self::Lapses,
        Self::PeriodEnd,
        Self::DateOfSend,
    ];
}

/// The headers that the settings name, for extracts whose headers are not known.
pub type Overrides = HashMap<ExtractField, String>;

/// Where each field stands in the rows of one extract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtractColumns {
    at: [Option<usize>; ExtractField::ALL.len()],
}

impl ExtractColumns {
    /// The columns under this row of headers.
    pub(super) fn of(headers: &[&str], overrides: &Overrides) -> Result<Self, ExtractFault> {
        let headers: Vec<String> = headers.iter().map(|header| compact(header)).collect();
        let mut columns = Self::default();
        for field in ExtractField::ALL {
            columns.at[*field as usize] = match overrides.get(field) {
                Some(named) => Some(
                    only(&headers, &compact(named), *field)?
                        .ok_or(ExtractFault::NamedColumnMissing(*field))?,
                ),
                None => by_alias(&headers, *field)?,
            };
        }
        match ExtractField::REQUIRED
            .iter()
            .find(|field| columns.at(**field).is_none())
        {
            Some(field) => Err(ExtractFault::ColumnMissing(*field)),
            None => Ok(columns),
        }
    }

    /// The field's column, counted from 0.
    pub fn at(&self, field: ExtractField) -> Option<usize> {
        self.at[field as usize]
    }
}

/// How many fields these cells name.
pub(super) fn known(cells: &[&str], overrides: &Overrides) -> usize {
    let headers: Vec<String> = cells.iter().map(|header| compact(header)).collect();
    let has = |name: &str| headers.iter().any(|header| header == name);
    let fields = ExtractField::ALL
        .iter()
        .filter(|field| match overrides.get(field) {
            Some(named) => has(&compact(named)),
            None => field.aliases().iter().any(|name| has(name)),
        });
    fields.count()
}

fn by_alias(headers: &[String], field: ExtractField) -> Result<Option<usize>, ExtractFault> {
    for name in field.aliases() {
        if let Some(at) = only(headers, name, field)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn only(
    headers: &[String],
    name: &str,
    field: ExtractField,
) -> Result<Option<usize>, ExtractFault> {
    let mut places = headers
        .iter()
        .enumerate()
        .filter(|(_, header)| *header == name);
    match (places.next(), places.next()) {
        (Some(_), Some(_)) => Err(ExtractFault::ColumnTwice(field)),
        (first, _) => Ok(first.map(|(at, _)| at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_national_records_headers_are_known() {
        let headers = [
            "DatabaseId",
            "YoungPersonsID",
            "CohortStatus",
            "GivenName",
            "FamilyName",
            "moth/year of birth",
            "DOB",
            "UniqueLearnerNo",
            "UniquePupilNumber",
            "LEACodeAtYear11",
            "SENDFlag",
            "ActivityCode",
            "StartDate",
            "DateAscertained",
            "DateVerified",
            "DueToLapseDate",
            "CurrencyLapsed",
            "EstablishmentNumber",
            "EstablishmentName",
        ];
        let columns = ExtractColumns::of(&headers, &Overrides::new()).unwrap();
        let header = |field| columns.at(field).map(|at| headers[at]);
        assert_eq!(header(ExtractField::Client), Some("YoungPersonsID"));
        assert_eq!(header(ExtractField::Born), Some("DOB"));
        assert_eq!(header(ExtractField::Confirmed), Some("DateVerified"));
        assert_eq!(header(ExtractField::Provider), Some("EstablishmentName"));
        assert_eq!(header(ExtractField::Year11School), None);
        assert_eq!(header(ExtractField::Send), Some("SENDFlag"));
    }

    #[test]
    fn settings_name_columns_that_are_not_known() {
        let headers = ["Vorname", "Surname", "Surname 2", "DOB", "Activity code"];
        let mut overrides = Overrides::from([(ExtractField::Forename, "VORNAME".to_owned())]);
        let columns = ExtractColumns::of(&headers, &overrides).unwrap();
        assert_eq!(columns.at(ExtractField::Forename), Some(0));
        overrides.insert(ExtractField::Upn, "UPN".to_owned());
        assert_eq!(
            ExtractColumns::of(&headers, &overrides),
            Err(ExtractFault::NamedColumnMissing(ExtractField::Upn))
        );
    }

    #[test]
    fn a_column_that_is_needed_must_be_there_once() {
        let none = Overrides::new();
        assert_eq!(
            ExtractColumns::of(&["Forename", "Surname", "DOB"], &none),
            Err(ExtractFault::ColumnMissing(ExtractField::Activity))
        );
        assert_eq!(
            ExtractColumns::of(
                &["Forename", "Surname", "DOB", "DOB", "Activity code"],
                &none
            ),
            Err(ExtractFault::ColumnTwice(ExtractField::Born))
        );
    }

    #[test]
    fn keys_read_back() {
        for field in ExtractField::ALL {
            assert_eq!(ExtractField::from_key(field.key()), Some(*field));
        }
    }
}

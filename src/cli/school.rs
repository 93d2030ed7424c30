//! `school`: who the schools are, who acts for them, and where their agreements stand.

use std::{fs, path::Path};

use serde_json::json;
use time::Date;

use super::{
    args::{FormatArg, PersonArgs, SchoolAddArgs, SchoolVerb},
    error::CliError,
    nine_points::{InForce, Point, nine_points},
    print,
    settings::Site,
    welcome::welcome,
};
use crate::{
    config::{Schools, add_person, set_suspended, set_terminated, write_school},
    domain::{
        identifiers::Urn,
        ids::SchoolId,
        school::{Agreement, AgreementStanding, Format, Person, Right, School},
    },
    seal::{PublicKey, check_person},
};

pub(super) fn school(config: &Path, verb: SchoolVerb, json: bool) -> Result<(), CliError> {
    let site = Site::load(config)?;
    match verb {
        SchoolVerb::Add(args) => add(&site, args),
        SchoolVerb::Person(args) => person(&site, args),
        SchoolVerb::List => list(&site, json),
        SchoolVerb::Show(args) => show(&site, args.id, json),
        SchoolVerb::Welcome(args) => welcome(&site, &known(&site, args.id)?),
        SchoolVerb::Suspend(args) => {
            site.as_owner()?;
            set_suspended(&file_of(&site, args.id), !args.lift)?;
            let said = if args.lift {
                "is no longer suspended"
            } else {
                "is suspended"
            };
            Ok(print::line(format!("School {} {said}.", args.id))?)
        }
        SchoolVerb::Terminate(args) => {
            let from = args.from.map_or_else(|| site.today(), Ok)?;
            site.as_owner()?;
            set_terminated(&file_of(&site, args.id), from)?;
            Ok(print::line(format!(
                "The agreement with school {} ends on {from}.",
                args.id
            ))?)
        }
    }
}

fn add(site: &Site, args: SchoolAddArgs) -> Result<(), CliError> {
    let SchoolAddArgs {
        id,
        name,
        signed,
        person,
        key,
        age,
        urn,
        format,
    } = args;
    let persons = match person {
        Some(name) => vec![Person {
            name,
            keys: read_key(key.as_deref())?,
            age,
            rights: vec![Right::Upload, Right::Collect],
            authorised_by: None,
            authorised_on: None,
            until: None,
        }],
        None => Vec::new(),
    };
    refuse_useless_keys(&persons)?;
    let formats = format.iter().map(|format| match format {
        FormatArg::Csv => Format::Csv,
        FormatArg::Xlsx => Format::Xlsx,
    });
    let school = School {
        id,
        name,
        urn: urn
            .map(|urn| urn.parse())
            .transpose()
            .map_err(CliError::Urn)?,
        formats: if format.is_empty() {
            vec![Format::Csv]
        } else {
            formats.collect()
        },
        agreement: Agreement {
            signed,
            ..Agreement::default()
        },
        suspended: false,
        persons,
        contacts: Vec::new(),
    };
    // What root alone can read was read above.
    site.as_owner()?;
    fs::create_dir_all(&site.folders.schools)
        .map_err(|source| CliError::file(&site.folders.schools, source))?;
    let file = write_school(&site.folders.schools, &school)?;
    site.prepare_box(&school)?;
    print::line(format!("Added {} ({id}): {}", school.name, file.display()))?;
    if school.agreement.signed.is_none() {
        print::line(
            "The agreement is not signed yet: nothing is taken or shared. Set `signed` when it is.",
        )?;
    }
    Ok(())
}

fn person(site: &Site, args: PersonArgs) -> Result<(), CliError> {
    let PersonArgs {
        id,
        name,
        key,
        age,
        may,
        authorised_by,
        until,
    } = args;
    // Before the command becomes the owner of the state, who may not read what root can.
    let keys = read_key(key.as_deref())?;
    site.as_owner()?;
    let today = site.today()?;
    let authorised_on = authorised_by.as_ref().map(|_| today);
    let person = Person {
        name,
        keys,
        age,
        rights: may,
        authorised_by,
        authorised_on,
        until,
    };
    refuse_useless_keys(std::slice::from_ref(&person))?;
    add_person(&file_of(site, id), &person)?;
    print::line(format!("Added a person to school {id}."))?;
    if until.is_none() {
        print::line("Say --until DATE, so that nobody keeps access for ever.")?;
    }
    Ok(())
}

/// A person whose only keys can't open files would be found out at the first release; better now.
fn refuse_useless_keys(persons: &[Person]) -> Result<(), CliError> {
    let fault = persons
        .iter()
        .filter(|person| !person.keys.is_empty() || person.age.is_some())
        .find_map(|person| check_person(person).into_iter().next());
    fault.map_or(Ok(()), |fault| Err(CliError::Recipient(fault)))
}

fn read_key(path: Option<&Path>) -> Result<Vec<String>, CliError> {
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let bytes = fs::read(path).map_err(|source| CliError::file(path, source))?;
    let key = PublicKey::read(&bytes).map_err(|fault| CliError::PublicKey {
        path: path.to_owned(),
        fault,
    })?;
    Ok(vec![key.line()])
}

fn list(site: &Site, json: bool) -> Result<(), CliError> {
    let (schools, complaints) = Schools::load(&site.folders.schools);
    let today = site.today()?;
    for complaint in complaints {
        print::aside(complaint.to_string());
    }
    if json {
        let all: Vec<_> = schools.iter().map(|school| about(school, today)).collect();
        return Ok(print::json(&all)?);
    }
    let row = |school: &School| {
        vec![
            school.id.to_string(),
            school.name.clone(),
            standing(school, today).to_owned(),
            school.persons.len().to_string(),
        ]
    };
    let rows: Vec<_> = schools.iter().map(|school| row(school)).collect();
    Ok(print::table(
        &["School", "Name", "Agreement", "Persons"],
        &rows,
    )?)
}

fn show(site: &Site, id: SchoolId, json: bool) -> Result<(), CliError> {
    let (school, today) = (known(site, id)?, site.today()?);
    let points = points(site, &school, today)?;
    if json {
        let points = points.map(|point| (point.key.to_owned(), point.text.into()));
        let mut all = about(&school, today);
        all["nine_points"] = serde_json::Map::from_iter(points).into();
        return Ok(print::json(&all)?);
    }
    print::line(format!("{} ({id})", school.name))?;
    print::line(format!("Agreement: {}", standing(&school, today)))?;
    for person in &school.persons {
        let until = person
            .until
            .map_or_else(|| "no end date".to_owned(), |day| format!("until {day}"));
        print::line(format!("Person: {}, {until}", person.name))?;
    }
    for contact in &school.contacts {
        let parts = [
            Some(&contact.name),
            contact.role.as_ref(),
            contact.email.as_ref(),
            contact.telephone.as_ref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        print::line(format!("Contact: {}", parts.join(", ")))?;
    }
    print::line("")?;
    for point in points {
        print::line(format!("{}: {}", point.title, point.text))?;
    }
    Ok(())
}

/// The nine points, with what only the ledger knows: a hold.
fn points(site: &Site, school: &School, today: Date) -> Result<[Point; 9], CliError> {
    let held_since = if site.folders.ledger.exists() {
        let glance = site.glance()?;
        glance.keyless().held_since(school.id)?
    } else {
        None
    };
    Ok(nine_points(&InForce {
        school,
        settings: &site.settings,
        today,
        held_since,
    }))
}

fn about(school: &School, today: Date) -> serde_json::Value {
    json!({
        "id": school.id,
        "name": school.name,
        "urn": school.urn.map(Urn::number),
        "formats": school.formats.iter().map(|format| format.extension()).collect::<Vec<_>>(),
        "agreement": {
            "standing": standing(school, today),
            "signed": school.agreement.signed,
            "reviewed": school.agreement.reviewed,
            "terminated": school.agreement.terminated,
        },
        "suspended": school.suspended,
        "persons": school.persons.iter().map(|person| json!({
            "name": person.name,
            "keys": person.keys.iter().filter_map(|k| PublicKey::parse(k).ok()).map(|k| k.fingerprint()).collect::<Vec<_>>(),
            "age": person.age,
            "until": person.until,
        })).collect::<Vec<_>>(),
        "contacts": school.contacts.iter().map(|contact| json!({
            "name": contact.name, "role": contact.role, "email": contact.email, "telephone": contact.telephone,
        })).collect::<Vec<_>>(),
    })
}

fn standing(school: &School, today: Date) -> &'static str {
    match school.standing(today) {
        AgreementStanding::InForce => "in force",
        AgreementStanding::NotSigned => "not signed",
        AgreementStanding::Ended(_) => "ended",
        AgreementStanding::Suspended => "suspended",
    }
}

fn known(site: &Site, id: SchoolId) -> Result<School, CliError> {
    let (schools, complaints) = Schools::load(&site.folders.schools);
    for complaint in complaints {
        print::aside(complaint.to_string());
    }
    let school = schools.of(id).ok_or(CliError::NoSuchSchool(id))?;
    Ok(School::clone(school))
}

fn file_of(site: &Site, id: SchoolId) -> std::path::PathBuf {
    site.folders.schools.join(format!("{id}.toml"))
}

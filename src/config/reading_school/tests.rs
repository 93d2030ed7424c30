use time::macros::date;

use crate::domain::school::Right;

use super::*;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6FYVQNSzoAYHjLcHMOdL6/BTDvSBKRmmfGRvBzNpme";
const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

fn read(text: &str) -> Result<(School, Vec<String>), Vec<String>> {
    let lines = |complaints: &[Complaint]| -> Vec<String> {
        complaints.iter().map(ToString::to_string).collect()
    };
    parse_school(Path::new("8604001.toml"), text)
        .map(|(school, warnings)| (school, lines(&warnings)))
        .map_err(|complaints| lines(&complaints.into_vec()))
}

fn complaints(text: &str) -> Vec<String> {
    read(text).expect_err("there is something wrong with it")
}

#[test]
fn the_schools_file_of_the_manual_is_read_whole() {
    let text = format!(
        "\
id = \"8604001\"
name = \"Cannock Vale High School\"
urn = 124001
formats = [\"csv\", \"xlsx\"]

[agreement]
signed = 2026-09-14
reviewed = 2026-09-14
terminated = 2027-07-31

[[person]]
name = \"Alex Example\"
keys = [\"{KEY} alex\"]
age = \"{RECIPIENT}\"
may = [\"collect\"]
authorised_by = \"Headteacher\"
authorised_on = 2026-09-14
until = \"2028-07-31\"

[[contact]]
name = \"Sam Example\"
role = \"Careers leader\"
"
    );
    let (school, warnings) = read(&text).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(school.id.to_string(), "8604001");
    assert_eq!(school.formats, [Format::Csv, Format::Xlsx]);
    assert_eq!(school.agreement.terminated, Some(date!(2027 - 07 - 31)));
    assert!(!school.suspended);
    let person = &school.persons[0];
    assert_eq!(person.keys, [format!("{KEY} alex")]);
    assert_eq!(person.rights, [Right::Collect]);
    assert_eq!(person.until, Some(date!(2028 - 07 - 31)));
    assert_eq!(school.contacts[0].role.as_deref(), Some("Careers leader"));
}

#[test]
fn a_person_may_upload_and_collect_unless_told_otherwise() {
    let (school, warnings) =
        read("id = \"8604001\"\nname = \"Made-up\"\n[[person]]\nname = \"Alex Example\"\n")
            .unwrap();
    assert_eq!(school.persons[0].rights, [Right::Upload, Right::Collect]);
    assert_eq!(school.formats, [Format::Csv]);
    assert_eq!(
        warnings,
        [
            "8604001.toml:4:8: warning: `until` is missing: this person's rights never end \
          (add until = 2028-07-31, or whenever they are to be reviewed)"
        ]
    );
}

#[test]
fn the_id_is_the_files_name() {
    assert_eq!(
        complaints("id = \"8604002\"\nname = \"Made-up\"\n"),
        [
            "8604001.toml:1:6: `id` must be the file's name (rename the file to 8604002.toml, or correct the id)"
        ]
    );
}

#[test]
fn a_key_belongs_to_one_person() {
    let text = format!(
        "id = \"8604001\"\nname = \"Made-up\"\n\
         [[person]]\nname = \"Alex\"\nkeys = [\"{KEY} alex\"]\nuntil = 2028-07-31\n\
         [[person]]\nname = \"Sam\"\nkeys = [\"{KEY} sam\"]\nuntil = 2028-07-31\n"
    );
    let complaints = complaints(&text);
    assert_eq!(complaints.len(), 1);
    assert!(complaints[0].starts_with("8604001.toml:9:9: this key is there twice"));
}

#[test]
fn everything_that_is_wrong_shows_at_once() {
    let text = "\
id = \"8604001\"
urn = 99
formats = [\"csv\", \"pdf\"]
[agreement]
signed = 2026-09-14
terminated = 2026-09-13
signd = 2026-09-14
[person]
name = \"Alex Example\"
[[contact]]
role = \"Head\"
";
    let found = complaints(text);
    let places: Vec<&str> = found
        .iter()
        .map(|c| c.split(" (").next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "8604001.toml:1:1: `name` is missing",
            "8604001.toml:2:7: `urn` must be a URN, six digits from 100000",
            "8604001.toml:3:19: each of `formats` must be \"csv\" or \"xlsx\"",
            "8604001.toml:6:14: `terminated` is before `signed`",
            "8604001.toml:7:1: unknown key `signd`",
            "8604001.toml:8:1: `person` is a list of sections",
            "8604001.toml:10:1: `name` is missing in [contact]",
        ]
    );
}

#[test]
fn a_private_key_is_named_as_one_and_not_shown() {
    let text = "id = \"8604001\"\nname = \"Made-up\"\n[[person]]\nname = \"Alex\"\nuntil = 2028-07-31\n\
                keys = [\"-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXk\"]\n";
    let complaints = complaints(text);
    assert!(complaints[0].contains("this is a private one"));
    assert!(!complaints[0].contains("b3BlbnNzaC1rZXk"));
}

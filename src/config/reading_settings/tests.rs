use time::macros::datetime;

use crate::config::Sftp;

use super::*;

const LEAST: &str = "[council]\nname = \"Made-up County Council\"\nla = 860\n";

fn read(text: &str) -> Result<Settings, Vec<String>> {
    Settings::parse(Path::new("/etc/made-up/pillarbox.toml"), text).map_err(|complaints| {
        complaints
            .iter()
            .map(|complaint| complaint.to_string().replace("/etc/made-up/", ""))
            .collect()
    })
}

fn complaints(text: &str) -> Vec<String> {
    read(text).expect_err("there is something wrong with it")
}

#[test]
fn name_and_number_are_enough() {
    let settings = read(LEAST).unwrap();
    assert_eq!(settings.council.name, "Made-up County Council");
    assert_eq!(settings.council.la, 860);
    assert_eq!(settings.council.domain, "made-up-county-council.invalid");
    assert_eq!(settings.sftp, None);
    assert_eq!(settings.intake, Intake::default());
    assert_eq!(settings.destinations, Destinations::default());
    assert_eq!(settings.boxes, Path::new("/var/lib/pillarbox/boxes"));
    assert_eq!(settings.schools, Path::new("/etc/pillarbox/schools.d"));
}

#[test]
fn without_name_and_number_there_is_nothing() {
    assert_eq!(
        complaints(""),
        [
            "pillarbox.toml:1:1: `name` is missing in [council] (add [council] and below it name = \"Example County Council\")",
            "pillarbox.toml:1:1: `la` is missing in [council] (add [council] and below it la = 860)",
        ]
    );
}

#[test]
fn relative_paths_start_at_the_files_folder() {
    let settings = read(&format!("state = \"state\"\nkeys = \"../keys\"\n{LEAST}")).unwrap();
    assert_eq!(settings.state, Path::new("/etc/made-up/state"));
    assert_eq!(settings.boxes, Path::new("/etc/made-up/state/boxes"));
    assert_eq!(settings.keys, Path::new("/etc/made-up/../keys"));
    let folders = settings.folders();
    assert_eq!(folders.ledger, Path::new("/etc/made-up/state/ledger.db"));
    assert_eq!(
        folders.control_socket(),
        Path::new("/etc/made-up/state/control.sock")
    );
    let running = folders.running_in(Some(Path::new("/run/pillarbox")));
    assert_eq!(
        running.control_socket(),
        Path::new("/run/pillarbox/control.sock")
    );
}

#[test]
fn a_section_for_sftp_is_what_makes_it_listen() {
    let settings = read(&format!("{LEAST}[sftp]\n")).unwrap();
    assert_eq!(settings.sftp, Some(Sftp::default()));
    assert_eq!(Sftp::default().listen.to_string(), "[::]:2022");
}

#[test]
fn schedules_have_dates_or_a_pattern() {
    let text = format!(
        "{LEAST}[[schedule]]\nname = \"survey\"\ndates = [\"2027-03-01 06:00\", 2027-06-01T06:00:00]\n\
         [[schedule]]\nname = \"monthly\"\ncron = \"0 6 1 * *\"\n"
    );
    let schedules = read(&text).unwrap().schedules;
    let survey = vec![datetime!(2027-03-01 06:00), datetime!(2027-06-01 06:00)];
    assert_eq!(schedules[0].when, When::Dates(survey));
    assert_eq!(schedules[1].definition(), "cron 0 6 1 * *");
}

#[test]
fn everything_that_is_wrong_shows_at_once() {
    let text = "\
[council]
name = \"Made-up\"
la = \"860\"
[intake]
lingre = \"30 s\"
settle = true
max_age = 3
";
    assert_eq!(
        complaints(text),
        [
            "pillarbox.toml:3:6: `la` must be a whole number from 200 to 998 (such as 860)",
            "pillarbox.toml:5:1: unknown key `lingre` (did you mean `linger`?)",
            "pillarbox.toml:6:10: `settle` must be a length of time, at most 100 years (such as \"30 s\" or \"5 min\")",
            "pillarbox.toml:7:1: unknown key `max_age` (it belongs under [destinations])",
        ]
    );
}

#[test]
fn a_complaint_never_repeats_a_value() {
    let text = format!(
        "{LEAST}[retention]\narchive_recipient = \"AGE-SECRET-KEY-1MADEUP\"\n[intake]\nlinger = \"SECRET\"\n"
    );
    for complaint in complaints(&text) {
        assert!(
            !complaint.contains("MADEUP") && !complaint.contains("SECRET\""),
            "{complaint}"
        );
    }
}

#[test]
fn a_domain_that_could_mean_more_than_one_is_refused() {
    for domain in [
        "a b",
        "*.example",
        "a,b",
        "Council.Example",
        "-a.example",
        "a..example",
    ] {
        let text = format!("{LEAST}domain = \"{domain}\"\n");
        assert_eq!(complaints(&text).len(), 1, "{domain}");
    }
}

#[test]
fn columns_are_named_by_known_fields_only() {
    let text = format!("{LEAST}[destinations.columns]\nsurname = \"Family\"\n");
    let columns = read(&text).unwrap().destinations.columns;
    assert_eq!(columns.get("surname").map(String::as_str), Some("Family"));
    let text = format!("{LEAST}[destinations.columns]\nsurnam = \"Family\"\n");
    assert!(complaints(&text)[0].contains("did you mean `surname`?"));
}

#[test]
fn every_limit_of_the_front_end_can_be_set() {
    let text = format!(
        "{LEAST}[sftp]\nlisten = \"127.0.0.1:2222\"\nhost = \"files.council.example\"\nin_daemon = false\n\
         login_grace = \"1 s\"\nmax_sessions_per_school = 2\nban = \"5 s\"\nmax_failed_logins = 3\n\
         box_quota = \"1 MiB\"\nmax_extract = \"4 GiB\"\n"
    );
    let sftp = read(&text).unwrap().sftp.unwrap();
    let expected = Sftp {
        listen: "127.0.0.1:2222".parse().unwrap(),
        host: Some("files.council.example".to_owned()),
        in_daemon: false,
        login_grace: Wait::from_secs(1),
        max_sessions_per_school: 2,
        ban: Wait::from_secs(5),
        max_failed_logins: 3,
        box_quota: 1 << 20,
        max_extract: 4 << 30,
        ..Sftp::default()
    };
    assert_eq!(sftp, expected);
}

#[test]
fn a_limit_that_would_lock_everybody_out_is_refused() {
    let text = format!(
        "{LEAST}[sftp]\nlogin_grace = 0\nmax_sessions = 0\nmax_unauthenticated = 8\nrekey_bytes = 100\n"
    );
    assert_eq!(
        complaints(&text),
        [
            "pillarbox.toml:4:1: `max_unauthenticated_per_address` is more than `max_unauthenticated`: one address could keep all others out (make it a quarter of the other, or less)",
            "pillarbox.toml:5:15: `login_grace` must be a length of time, at least 1s and at most 100 years (such as \"30 s\" or \"5 min\")",
            "pillarbox.toml:6:16: `max_sessions` must be a whole number from 1 to 100000 (such as 1000)",
            "pillarbox.toml:8:15: `rekey_bytes` must be from 1 MiB, or nothing else would be sent, to 1 GiB, as RFC 4253 has it (such as \"1 GiB\")",
        ]
    );
}

#[test]
fn the_councils_own_persons_have_names_and_keys() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6FYVQNSzoAYHjLcHMOdL6/BTDvSBKRmmfGRvBzNpme jo";
    let text = format!(
        "{LEAST}[[council.person]]\nname = \"Jo Made-up\"\nkeys = [\"{key}\"]\nmay = [\"upload\"]\nuntil = 2028-07-31\n"
    );
    let persons = read(&text).unwrap().council.persons;
    assert_eq!(persons.len(), 1);
    assert_eq!(persons[0].keys, [key]);
    let twice = format!("{text}[[council.person]]\nname = \"Al Made-up\"\nkeys = [\"{key}\"]\n");
    let told = complaints(&twice);
    assert!(
        told.iter()
            .any(|line| line.contains("the key tells who acts"))
    );
    let single = format!("{LEAST}[council.person]\nname = \"Jo Made-up\"\n");
    assert!(complaints(&single)[0].contains("[[council.person]]"));
}

//! The story, scene by scene, for somebody who has never seen any of it.

use std::{fs, path::Path};

use super::{
    made_up::{
        BEGINNING, CLEAN_LIST, CONFIRMATION, COUNCIL, DOMAIN, EASTBROOK, EASTBROOKS_LIST,
        EASTBROOKS_LIST_MENDED, EXTRACT, MESSY_LIST, MadeUpSchool, NO_AGREEMENT, NORTHMOOR,
        NORTHMOORS_LIST, NORTHMOORS_REASON, NORTHMOORS_WITHDRAWAL, REQUEST, SURNAMES, UNTIL,
        WESTLEA, WESTLEAS_LIST, WITHDRAWAL,
    },
    stage::Stage,
    telling::{act, heading, say},
};
use crate::{
    cli::{error::CliError, print},
    reading::{FileFormat, Limits, Row, table},
    seal::Verdict,
};

/// Tells it all, and returns the last file in Northmoor's outbox.
pub(super) fn tell(stage: &mut Stage) -> Result<String, CliError> {
    before_it_begins(stage)?;
    a_council_begins(stage)?;
    a_clean_list(stage)?;
    a_messy_workbook(stage)?;
    no_agreement(stage)?;
    a_request(stage)?;
    let first = the_file_opened(stage)?;
    let last = a_withdrawal(stage, &first)?;
    the_proof(stage)?;
    Ok(last)
}

fn before_it_begins(stage: &Stage) -> Result<(), CliError> {
    heading("Pillarbox: the whole story, on made-up data", None)?;
    say(
        "Schools send lists of Year 11 pupils who consented. The council may then tell each school \
         where those young people went: sixth form, apprenticeship, work. Nothing is shared without \
         a consent in force.",
    )?;
    say(format!(
        "What follows really happens, in the folder {}, and the commands below are the ones that are \
         run in it. Council, schools, pupils and dates are made up: this is a rehearsal, and each \
         receipt says so.",
        stage.folder()
    ))
}

fn a_council_begins(stage: &mut Stage) -> Result<(), CliError> {
    stage.scene("1  A council begins", BEGINNING)?;
    say("One command makes settings, keys and folders.")?;
    let folder = stage.folder();
    stage.command(&[
        "init",
        &folder,
        "--council",
        COUNCIL,
        "--la",
        "899",
        "--domain",
        DOMAIN,
    ])?;
    print::line("")?;
    act("The council writes into pillarbox.toml whom schools should ask")?;
    print::line("")?;
    stage.set(&[
        ("contact", "careers@middleshire.example"),
        ("privacy_notice", "https://middleshire.example/privacy"),
    ])?;
    say(
        "Each school gets a box, with inbox/, outbox/ and receipts/. Who may act for it, the \
         headteacher decides: each person makes a key, and the council is told its public half \
         only. Westlea School has not signed the agreement yet.",
    )?;
    for school in [NORTHMOOR, EASTBROOK, WESTLEA] {
        add_school(stage, &school)?;
    }
    stage.open_to_schools(BEGINNING)
}

fn add_school(stage: &Stage, school: &MadeUpSchool) -> Result<(), CliError> {
    let mut words = vec!["school", "add", school.id, "--name", school.name];
    words.extend(school.signed.iter().flat_map(|day| ["--signed", day]));
    stage.command(&words)?;
    stage.make_key(school.key)?;
    let key = stage.path(&format!("persons/{}.pub", school.key));
    stage.command(&[
        "school",
        "person",
        school.id,
        "--name",
        school.person,
        "--key",
        &key,
        "--authorised-by",
        "Headteacher",
        "--until",
        UNTIL,
    ])?;
    Ok(print::line("")?)
}

fn a_clean_list(stage: &mut Stage) -> Result<(), CliError> {
    stage.scene("2  A clean list", CLEAN_LIST)?;
    say(
        "Northmoor lists the pupils whom it asked and what each of them said. Alex sends the list by \
         SFTP, as WinSCP, FileZilla or any other program does: the school's number is the user, and \
         Alex's key opens the door.",
    )?;
    sheet(NORTHMOORS_LIST, FileFormat::Csv)?;
    stage.put(&NORTHMOOR, "Leavers 2026.csv", NORTHMOORS_LIST)?;
    stage.pass(CLEAN_LIST)?;
    say(
        "Every file gets one receipt. It speaks of rows by their number and names no pupil, so it can \
         be filed and passed on.",
    )
}

fn a_messy_workbook(stage: &mut Stage) -> Result<(), CliError> {
    stage.scene("3  A messy workbook", MESSY_LIST)?;
    say(
        "Eastbrook's list grew by hand: a title above the headers, dates in every form, gaps. The \
         numbers on the left are the spreadsheet's own.",
    )?;
    sheet(EASTBROOKS_LIST, FileFormat::Xlsx)?;
    say(
        "Before sending it, Sam tries it, on a computer of the school. Row 6 was typed month first, so \
         perhaps row 11 was too: is that a day in November or in March? None of the dates can be \
         believed.",
    )?;
    let typed = stage.path("persons/Y11 leavers.xlsx");
    write(&typed, EASTBROOKS_LIST)?;
    let today = MESSY_LIST.date().to_string();
    stage.attempt(&["validate", &typed, "--today", &today])?;
    print::line("")?;
    act("Sam corrects that one cell")?;
    stage.put(&EASTBROOK, "Y11 leavers.xlsx", EASTBROOKS_LIST_MENDED)?;
    stage.pass(MESSY_LIST)?;
    say(
        "The good rows are taken, and the receipt says how to mend the others. Only a plain yes is a \
         consent: the empty cell and the «TBC» are none.",
    )
}

fn no_agreement(stage: &mut Stage) -> Result<(), CliError> {
    stage.scene("4  A school without an agreement", NO_AGREEMENT)?;
    say(
        "There is nothing wrong with Westlea's list, but no pupil in it is put on record before both \
         sides have signed.",
    )?;
    stage.put(&WESTLEA, "consent list.csv", WESTLEAS_LIST)?;
    stage.pass(NO_AGREEMENT)?;
    say("Had it been a list of withdrawals, it would have counted: stopping always works.")
}

fn a_request(stage: &mut Stage) -> Result<(), CliError> {
    stage.scene("5  A request", REQUEST)?;
    say(
        "An analyst exports the council's caseload system. It holds many young people, and much that \
         is no school's business: it is only looked through for those who consented. Some of its \
         columns:",
    )?;
    columns(EXTRACT, &SHOWN_OF_EXTRACT)?;
    stage.put_extract("caseload 2026-11-20.csv", EXTRACT)?;
    stage.put(&NORTHMOOR, "request.txt", NORTHMOORS_REASON.as_bytes())?;
    act(format!("In it stands: «{NORTHMOORS_REASON}»"))?;
    stage.pass(REQUEST)
}

fn the_file_opened(stage: &Stage) -> Result<String, CliError> {
    stage.scene("6  The destination file, opened", REQUEST)?;
    say(
        "The file was encrypted to Alex's key before it was written anywhere. Should it ever get to \
         Sam at Eastbrook, it stays shut.",
    )?;
    let file = stage.collect(&NORTHMOOR)?;
    let copy = stage.path(&format!("persons/{file}"));
    let key = stage.path(&format!("persons/{}", EASTBROOK.key));
    stage.attempt(&["open", &copy, "-i", &key])?;
    print::line("")?;
    say("Alex opens it, with this command or with the well-known program age:")?;
    open(stage, &file, "first.csv")?;
    say(
        "These seven columns are all that ever leaves. Jo said no, and is not there. Of Max the \
         council has no record. Kit's record is of a kind that an officer must look at first. The \
         code in Tess's record tells why nothing is known; the file does not. Pat is on no list.",
    )?;
    Ok(file)
}

fn a_withdrawal(stage: &mut Stage, first: &str) -> Result<String, CliError> {
    stage.scene("7  A withdrawal", WITHDRAWAL)?;
    say(
        "Ola has changed her mind. Northmoor says so in a file of one row, and sharing stops at once: \
         the file is taken back out of the outbox, and made again without her.",
    )?;
    stage.put(&NORTHMOOR, "withdraw.csv", NORTHMOORS_WITHDRAWAL)?;
    stage.pass(WITHDRAWAL)?;
    if !stage.offers(&NORTHMOOR, first) {
        say(format!("{first} is gone. In its place:"))?;
    }
    let second = stage.collect(&NORTHMOOR)?;
    open(stage, &second, "second.csv")?;
    say(
        "Alex had fetched the first file, so a notice asks Northmoor to destroy what it tells of Ola. The \
         list of pupils beside it is encrypted: only Alex can open it. Alex deletes the copy, and says so.",
    )?;
    stage.put(&NORTHMOOR, "destroyed.txt", b"D000001\r\n")?;
    stage.pass(CONFIRMATION)?;
    Ok(second)
}

fn the_proof(stage: &Stage) -> Result<(), CliError> {
    stage.scene("8  The proof", CONFIRMATION)?;
    let receipts = stage.receipts()?;
    let (mut good, mut caught) = (0, 0);
    for receipt in &receipts {
        good += usize::from(receipt.verdict()? == Verdict::Good);
        caught += usize::from(receipt.verdict_if_changed()? == Verdict::Bad);
    }
    say(format!(
        "The council signs every receipt. There are {}; the signatures of {good} are good, and after \
         a change of one character {caught} would be found out. A school checks one with what came \
         with its computer, and with nothing of ours:",
        receipts.len()
    ))?;
    if let Some(last) = receipts.last() {
        show_check(&last.name)?;
    }
    say(
        "Whatever happens becomes a row of the council's trail, and holds the hash of the row before, \
         so that a row which was changed, removed or moved is found. Every receipt prints the hash \
         of its own row: each school is a witness.",
    )?;
    stage.command(&["audit", "verify"])?;
    print::line("")?;
    let kept = stage.kept_bytes()?;
    let found = SURNAMES.iter().filter(|name| holds(&kept, name)).count();
    say(format!(
        "And if somebody steals the ledger? Of the {} surnames in this story, {found} can be read in \
         its {} KiB. What names a pupil is sealed, under a key that lies elsewhere.",
        SURNAMES.len(),
        kept.len() / 1024,
    ))
}

/// The command by which a receipt is checked, as a person at Northmoor types it.
fn show_check(receipt: &str) -> Result<(), CliError> {
    let json = receipt.trim_end_matches(".txt");
    for line in [
        &format!("$ cd state/boxes/{}", NORTHMOOR.id),
        &format!("$ ssh-keygen -Y verify -f allowed_signers -I receipts@{DOMAIN} \\"),
        &format!("     -n pillarbox-receipt -s {json}.json.sig \\"),
        &format!("     < {json}.json"),
        "",
    ] {
        print::line(line)?;
    }
    Ok(())
}

/// Alex opens a collected file and looks at it.
fn open(stage: &Stage, file: &str, to: &str) -> Result<(), CliError> {
    let copy = stage.path(&format!("persons/{file}"));
    let key = stage.path(&format!("persons/{}", NORTHMOOR.key));
    let to = stage.path(&format!("persons/{to}"));
    stage.command(&["open", &copy, "-i", &key, "-o", &to])?;
    print::line("")?;
    let bytes = fs::read(&to).map_err(|source| CliError::file(Path::new(&to), source))?;
    columns(&bytes, &DESTINATION_COLUMNS)
}

/// Some columns of a text file with headers in its first row.
fn columns(bytes: &[u8], at: &[usize]) -> Result<(), CliError> {
    let table = table(bytes, FileFormat::Csv, &Limits::default()).unwrap_or_default();
    let cells = |row: Row<'_>| at.iter().map(|at| row.cell(*at).text.to_owned()).collect();
    let mut rows: Vec<Vec<String>> = table.rows().map(cells).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let headers = rows.remove(0);
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    print::table(&headers, &rows)?;
    Ok(print::line("")?)
}

/// A sheet as a person sees it, with the numbers of its rows.
fn sheet(bytes: &[u8], format: FileFormat) -> Result<(), CliError> {
    let sheet = table(bytes, format, &Limits::default()).unwrap_or_default();
    let width = sheet.rows().map(|row| row.cells().len()).max().unwrap_or(0);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in sheet.rows() {
        if row.cells().len() == 1 {
            print::line(format!("{:>2}  {}", row.number(), row.cell(0).text))?;
            continue;
        }
        let cells = (0..width).map(|at| row.cell(at).text.to_owned());
        rows.push(
            [format!("{:>2}", row.number())]
                .into_iter()
                .chain(cells)
                .collect(),
        );
    }
    if rows.is_empty() {
        return Ok(());
    }
    let headers = rows.remove(0);
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    print::table(&headers, &rows)?;
    Ok(print::line("")?)
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

fn write(path: &str, bytes: &[u8]) -> Result<(), CliError> {
    fs::write(path, bytes).map_err(|source| CliError::file(Path::new(path), source))
}

/// All columns of a destination file.
const DESTINATION_COLUMNS: [usize; 7] = [0, 1, 2, 3, 4, 5, 6];
/// Of the extract: forename, surname, Year 11 school, code, establishment, day of the last check.
const SHOWN_OF_EXTRACT: [usize; 6] = [2, 3, 7, 8, 9, 11];

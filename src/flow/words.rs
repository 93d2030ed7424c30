//! A receipt as people read it: short, kind and exact. It is made from the same facts as the JSON, in
//! one place, and like it names no pupil.

mod notice;
mod numbers;

use std::fmt::Write as _;

use time::{PrimitiveDateTime, macros::format_description};

use crate::{
    calendar::local_time,
    config::Council,
    domain::{
        names::is_invisible,
        problem::{Problem, Severity},
        receipt::{Kind, Outcome, Receipt, ReleaseFacts},
        school::School,
    },
};

/// The council as receipts speak of it.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The council's name.
    pub council: String,
    /// Whom a school asks.
    pub contact: String,
    /// Where the council says what it does with personal data.
    pub privacy_notice: String,
    /// The domain in `receipts@…`, by which `ssh-keygen` finds the signing key.
    pub domain: String,
}

impl Letterhead {
    /// As the council's settings tell.
    pub fn of(council: &Council) -> Self {
        let told = |told: &Option<String>, else_say: &str| {
            told.clone().unwrap_or_else(|| else_say.to_owned())
        };
        Self {
            council: council.name.clone(),
            contact: told(&council.contact, "your contact at the council"),
            privacy_notice: told(&council.privacy_notice, "ask the council"),
            domain: council.domain.clone(),
        }
    }
}

/// The whole text of a receipt, with CRLF line ends: schools read it in Notepad.
pub fn text(receipt: &Receipt, school: &School, letterhead: &Letterhead) -> String {
    let mut page = Page::default();
    // What must be known first stands first, in a rehearsal as in earnest (spec 3).
    for note in &receipt.notes {
        page.line(note);
    }
    if !receipt.notes.is_empty() {
        page.blank();
    }
    if receipt.rehearsal {
        page.line("REHEARSAL: this is a trial run. Nothing in it happened in earnest.");
        page.blank();
    }
    page.line(&headline(receipt));
    page.blank();
    heading(&mut page, receipt, school, letterhead);
    numbers::counts(&mut page, receipt);
    release(&mut page, receipt);
    notice::notice(&mut page, receipt);
    numbers::expiring(&mut page, receipt);
    to_mend(&mut page, &receipt.problems);
    page.line("What happens next");
    page.indented(next(receipt));
    page.blank();
    footer(&mut page, receipt, letterhead);
    page.text
}

/// One sentence that says how it ended.
pub fn headline(receipt: &Receipt) -> String {
    let id = &receipt.id;
    match (receipt.kind, receipt.outcome) {
        (Kind::Release, Outcome::Released) => {
            format!("{id}: a destination file is in your outbox.")
        }
        (Kind::Release, Outcome::Recalled) => {
            format!("{id}: the destination file was taken back out of your outbox.")
        }
        (Kind::Release, _) => format!("{id}: nothing was released this time."),
        (Kind::Removed, _) => {
            format!("{id}: the destination file is no longer in your outbox; its time was up.")
        }
        (Kind::Reminder, _) if receipt.notice.is_some() => {
            format!("{id}: a reminder. Please destroy what this notice asks for, and say so.")
        }
        (Kind::Reminder, _) => {
            format!("{id}: a reminder. This destination file still lies in your outbox.")
        }
        (Kind::Notice, Outcome::Closed) => {
            format!("{id}: your school confirmed, and the notice is closed. Thank you.")
        }
        (Kind::Notice, _) => {
            format!("{id}: please destroy what you hold on the pupils in this notice.")
        }
        (Kind::Withdrawal, Outcome::Closed) => {
            format!("{id}: these withdrawals were undone by the council.")
        }
        (Kind::Request, outcome) if receipt.file.is_none() => answer(id, outcome),
        (Kind::Discrepancy, Outcome::Closed) => {
            format!("{id}: the council looked into the discrepancy; its answer stands above.")
        }
        (Kind::Request, Outcome::Accepted) => {
            format!("{id}: your request was taken and is granted.")
        }
        (Kind::Request, Outcome::Queued) => {
            format!("{id}: your request was taken and waits for its turn.")
        }
        (Kind::Request, Outcome::Held) => format!("{id}: your request can't be granted now."),
        (_, Outcome::Accepted) => {
            format!("{id}: your file was taken. There is nothing that must be mended.")
        }
        (_, Outcome::AcceptedWithErrors) => {
            format!(
                "{id}: your file was taken, but some rows need mending. Those rows were left out."
            )
        }
        (_, Outcome::Rejected) => format!("{id}: your file was NOT taken."),
        (_, outcome) => format!("{id}: {}.", outcome.word()),
    }
}

/// The answer to a request that waited.
fn answer(id: &str, outcome: Outcome) -> String {
    let answer = match outcome {
        Outcome::Accepted => "is granted",
        Outcome::Queued => "is approved and waits for its turn",
        Outcome::Rejected => "is declined",
        _ => "can't be granted now",
    };
    format!("{id}: your request {answer}.")
}

fn heading(page: &mut Page, receipt: &Receipt, school: &School, letterhead: &Letterhead) {
    page.field("From", &letterhead.council);
    page.field("To", &format!("{} ({})", school.name, school.id));
    page.field("Time", &long_time(local_time(receipt.at)));
    if let Some(file) = &receipt.file {
        page.field("File", &printable(&file.name));
        page.field("Size", &format!("{} bytes", file.bytes));
        page.field("SHA-256", &file.sha256);
    }
    page.blank();
}

fn release(page: &mut Page, receipt: &Receipt) {
    let Some(facts) = &receipt.release else {
        return;
    };
    if let Some(file) = &facts.file {
        page.line("The file");
        page.indented(file);
        for also in &facts.also {
            page.indented(&also.name);
        }
        if receipt.outcome == Outcome::Released {
            lies_in_the_outbox(page, facts);
        }
    }
    if let Some(superseded) = facts.supersedes {
        page.indented(&format!("It takes the place of {superseded}."));
    }
    if let Some(extract) = &facts.extract {
        page.indented(&format!(
            "Made from the council's records of {}.",
            long_day(extract.exported_on)
        ));
    }
    page.indented(match facts.expiry_rule {
        crate::domain::receipt::ExpiryRule::Earliest => {
            "A consent lasts until the 18th birthday, two years from consent, or two years after leaving: whichever comes first."
        }
        crate::domain::receipt::ExpiryRule::TwoYearsAfterLeaving => {
            "A consent lasts until two years after the school leaving date."
        }
    });
    page.blank();
}

fn lies_in_the_outbox(page: &mut Page, facts: &ReleaseFacts) {
    page.indented(
        "It opens with the key of each person at your school who may collect, and with no other.",
    );
    if let Some(until) = facts.until {
        page.indented(&format!(
            "It stays in your outbox until {}.",
            long_day(until.previous_day().unwrap_or(until))
        ));
    }
}

fn to_mend(page: &mut Page, problems: &[Problem]) {
    for (severity, title) in [
        (Severity::Error, "What to mend"),
        (Severity::Warning, "What to check"),
    ] {
        let of_this_weight: Vec<_> = problems.iter().filter(|p| p.severity == severity).collect();
        if of_this_weight.is_empty() {
            continue;
        }
        page.line(title);
        for problem in of_this_weight.iter().take(MOST_TOLD) {
            page.indented(&format!("{}{}", place(problem), problem.message));
            page.indented(&format!("    {} [{}]", problem.fix, problem.code.code()));
        }
        let more = of_this_weight.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            page.indented(&format!(
                "… and {more} more like these. Mend these first and send the list again."
            ));
        }
        page.blank();
    }
}

fn place(problem: &Problem) -> String {
    match (problem.row, &problem.column) {
        (Some(row), Some(column)) => format!("Row {row}, column «{column}»: "),
        (Some(row), None) => format!("Row {row}: "),
        (None, Some(column)) => format!("Column «{column}»: "),
        (None, None) => String::new(),
    }
}

fn next(receipt: &Receipt) -> &'static str {
    match (receipt.kind, receipt.outcome) {
        (Kind::ConsentList | Kind::Addition, Outcome::Accepted) => {
            "Destination files follow on the council's dates. Put a file named «request» into inbox/ to ask for one sooner."
        }
        (Kind::ConsentList | Kind::Addition, Outcome::AcceptedWithErrors) => {
            "Mend the rows above in your list and send the whole list again. The other pupils are taken already."
        }
        (Kind::Withdrawal, Outcome::Accepted | Outcome::AcceptedWithErrors) => {
            "Nothing more is shared about these pupils. Files that held them and were not collected are made again without them."
        }
        (Kind::Request, Outcome::Accepted) => {
            "The destination file, or the reason why there is none, has a receipt of its own."
        }
        (Kind::Request, Outcome::Rejected) if receipt.file.is_none() => {
            "You may ask again. If you have questions, ask the council's contact below."
        }
        (Kind::Discrepancy, Outcome::Closed) => {
            "If it is not settled with this, put another file named «discrepancy» into inbox/."
        }
        (Kind::Request, Outcome::Queued) => {
            "You need do nothing: the answer comes as a receipt of its own."
        }
        (Kind::Discrepancy, Outcome::Accepted) => {
            "A council analyst looks into it and answers here."
        }
        (Kind::Release, Outcome::Released) => {
            "Collect the file from outbox/ and open it with your key."
        }
        (Kind::Release, Outcome::Recalled) => {
            "If anything is left to share, a new file lies in outbox/. If you have collected this one after all, destroy it."
        }
        (Kind::Notice | Kind::Reminder, Outcome::Open) if receipt.notice.is_some() => {
            notice::CONFIRM
        }
        (Kind::Reminder, _) => {
            "Collect it from outbox/ before its time is up. If a colleague has collected it already, nothing needs to be done."
        }
        (Kind::Destruction, Outcome::Accepted) => {
            "Each notice that you confirmed has a receipt of its own that says it is closed."
        }
        (Kind::Removed, _) => "Put a file named «request» into inbox/ to have a new one.",
        (_, Outcome::Rejected) => "Mend what is listed above and send the file again.",
        (_, Outcome::Held) => "Ask the council's contact below if you need it soon.",
        _ => "Nothing needs to be done.",
    }
}

fn footer(page: &mut Page, receipt: &Receipt, letterhead: &Letterhead) {
    page.field("Questions", &letterhead.contact);
    page.field("Privacy notice", &letterhead.privacy_notice);
    page.field("Signed", "the .json beside this text, by the key in allowed_signers; README.txt tells how to check it");
    page.field(
        "Trail",
        &format!("row {}, {}", receipt.audit.seq, receipt.audit.hash),
    );
}

/// Such as «21 November 2026, 17:30».
pub fn long_time(time: PrimitiveDateTime) -> String {
    let clock = time
        .time()
        .format(format_description!("[hour]:[minute]:[second]"))
        .unwrap_or_default();
    format!("{}, {clock}", long_day(time.date()))
}

/// A day as people write it: `21 November 2026`.
pub fn long_day(day: time::Date) -> String {
    format!("{} {} {}", day.day(), day.month(), day.year())
}

/// A name for people: what would change the line, or the direction in which it is read, shows as `_`.
pub fn printable(name: &str) -> String {
    let harmless = |c: char| !c.is_control() && !is_invisible(c);
    name.chars()
        .map(|c| if harmless(c) { c } else { '_' })
        .collect()
}

/// Problems of one weight that a text tells: more than anybody mends in one sitting.
const MOST_TOLD: usize = 150;

/// A text under way.
#[derive(Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str("\r\n");
    }

    fn blank(&mut self) {
        self.line("");
    }

    fn indented(&mut self, line: &str) {
        self.line(&format!("  {line}"));
    }

    fn field(&mut self, name: &str, value: &str) {
        let mut line = String::new();
        // Writing to a String can't fail.
        let _ = write!(line, "{:<16}{value}", format!("{name}:"));
        self.line(&line);
    }

    fn count(&mut self, count: u32, one: &str, many: &str) {
        let what = if count == 1 { one } else { many };
        self.line(&format!("  {count:>6} {what}"));
    }
}

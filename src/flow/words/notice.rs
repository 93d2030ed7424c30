//! A notice or a reminder of one as people read it: what to destroy, where the list is, and how to say that
//! it is done.

use super::Page;
use crate::domain::receipt::{NoticeFacts, Outcome, Receipt};

/// What the notice asks for, while it is open.
pub(super) fn notice(page: &mut Page, receipt: &Receipt) {
    let Some(facts) = &receipt.notice else {
        return;
    };
    if receipt.outcome != Outcome::Open {
        return;
    }
    page.line("What to destroy");
    page.indented(&whom(facts));
    let releases: Vec<String> = facts.releases.iter().map(ToString::to_string).collect();
    page.indented(&format!(
        "in every copy of the files of {}: in folders, in e-mail, in your own systems, on paper.",
        releases.join(", ")
    ));
    match &facts.file {
        Some(file) => {
            page.indented("The list of them lies beside this text:");
            page.indented(&format!("    {}", file.name));
            page.indented(
                "It opens with the key of each person at your school who may collect, like a destination file.",
            );
        }
        None => page.indented(
            "Nobody at your school has a key at present that could open the list of them. Ask the council's contact below.",
        ),
    }
    page.blank();
}

fn whom(facts: &NoticeFacts) -> String {
    match facts.pupils {
        1 => "One pupil withdrew consent. Please destroy what you hold on this pupil".to_owned(),
        pupils => format!(
            "{pupils} pupils withdrew their consent. Please destroy what you hold on these pupils"
        ),
    }
}

/// How a school says that it is done.
pub(super) const CONFIRM: &str = "When it is done, put a text file named «destroyed.txt» into inbox/ with the notice's number in it. The notice stays open until then.";

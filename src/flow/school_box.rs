//! What lies in the root of a school's box: how it works, the key that signs receipts, lists to fill in, and
//! the page with which all of it is done.

mod kit;

use std::fs;

use kit::SchoolKit;

use super::{FlowError, keys::ComingHostKey, readme, words::Letterhead};
use crate::{
    boxes::{Boxes, FileName, RootFile},
    config::Settings,
    domain::school::School,
    seal::{IntakeKey, list_template_csv, list_template_xlsx},
};

/// Makes one school's box where no house is open, so that it is there when the school first looks.
pub fn prepare_box(
    settings: &Settings,
    school: &School,
    signers: &str,
    intake: Option<&IntakeKey>,
    coming: Option<ComingHostKey>,
) -> Result<(), FlowError> {
    let path = &settings.boxes;
    fs::create_dir_all(path).map_err(|source| FlowError::Folder {
        path: path.clone(),
        source,
    })?;
    let boxes = Boxes::open(path)?;
    RootPapers::new(&Letterhead::of(&settings.council), signers, intake, coming)?
        .fill(&boxes, school)?;
    Ok(boxes.sync()?)
}

/// What lies in the root of every box, made once for all of them.
pub(super) struct RootPapers<'h> {
    letterhead: &'h Letterhead,
    signers: &'h str,
    intake: Option<String>,
    coming: Option<ComingHostKey>,
    template_csv: Vec<u8>,
    template_xlsx: Vec<u8>,
}

impl<'h> RootPapers<'h> {
    pub(super) fn new(
        letterhead: &'h Letterhead,
        signers: &'h str,
        intake: Option<&IntakeKey>,
        coming: Option<ComingHostKey>,
    ) -> Result<Self, FlowError> {
        Ok(Self {
            letterhead,
            signers,
            intake: intake.map(IntakeKey::recipient),
            coming,
            template_csv: list_template_csv(),
            template_xlsx: list_template_xlsx()?,
        })
    }

    /// Makes what this school's box lacks.
    pub(super) fn fill(&self, boxes: &Boxes, school: &School) -> Result<(), FlowError> {
        let readme = readme::text(
            school,
            self.letterhead,
            self.intake.as_deref(),
            self.coming.as_ref(),
        );
        let kit = SchoolKit::new(self.letterhead, self.signers, self.intake.as_deref());
        let kit = kit.page_for(school);
        let files = [
            file("README.txt", readme.as_bytes())?,
            file("allowed_signers", self.signers.as_bytes())?,
            file("consent-list-template.csv", &self.template_csv)?,
            file("consent-list-template.xlsx", &self.template_xlsx)?,
            file("school-kit.html", kit.as_bytes())?,
        ];
        Ok(boxes.prepare(school.id, &files)?)
    }
}

fn file<'b>(name: &str, bytes: &'b [u8]) -> Result<RootFile<'b>, FlowError> {
    let name = FileName::parse(name)?;
    Ok(RootFile { name, bytes })
}

#[cfg(test)]
mod tests;

//! What lies in the root of a school's box: how it works, the key that signs receipts, and lists to fill in.

use std::fs;

use super::{FlowError, house::letterhead, readme, words::Letterhead};
use crate::{
    boxes::{Boxes, FileName, RootFile},
    config::Settings,
    domain::school::School,
    seal::IntakeKey,
};

/// Makes one school's box where no house is open, so that it is there when the school first looks.
pub fn prepare_box(
    settings: &Settings,
    school: &School,
    signers: &str,
    intake: Option<&IntakeKey>,
) -> Result<(), FlowError> {
    let path = &settings.boxes;
    fs::create_dir_all(path).map_err(|source| FlowError::Folder {
        path: path.clone(),
        source,
    })?;
    let boxes = Boxes::open(path)?;
    fill_box(&boxes, school, &letterhead(settings), signers, intake)?;
    Ok(boxes.sync()?)
}

pub(super) fn fill_box(
    boxes: &Boxes,
    school: &School,
    letterhead: &Letterhead,
    signers: &str,
    intake: Option<&IntakeKey>,
) -> Result<(), FlowError> {
    let readme = readme::text(school, letterhead, intake.map(IntakeKey::recipient));
    let file = |name, bytes| {
        Ok::<_, FlowError>(RootFile {
            name: FileName::parse(name)?,
            bytes,
        })
    };
    let files = [
        file("README.txt", readme.as_bytes())?,
        file("allowed_signers", signers.as_bytes())?,
        file("consent-list-template.csv", TEMPLATE_CSV)?,
        file("consent-list-template.xlsx", TEMPLATE_XLSX)?,
    ];
    Ok(boxes.prepare(school.id, &files)?)
}

/// Lists with headers that always read clean, for schools to fill in; the workbook's cells are text, so
/// that no number loses digits and no date turns.
const TEMPLATE_CSV: &[u8] = include_bytes!("templates/consent-list-template.csv");
const TEMPLATE_XLSX: &[u8] = include_bytes!("templates/consent-list-template.xlsx");

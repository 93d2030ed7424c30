//! The list that lies in each box for the school to fill in, as CSV and as a workbook whose cells are text:
//! no program turns a date or drops a digit there. Made by this code, so that nobody has to trust a
//! workbook that can't be read in a review. Knows no school.

use rust_xlsxwriter::{DataValidation, IgnoreError, Worksheet, XlsxError};

use super::sheet::{BOM, SheetError, empty_workbook, lay_out, text_format, write_line};
use crate::domain::list_template::{HEADERS, INSTRUCTIONS};

/// The template as CSV: its headers.
pub fn list_template_csv() -> Vec<u8> {
    let mut out = BOM.to_owned();
    write_line(&mut out, HEADERS.into_iter());
    out.into_bytes()
}

/// The template as a workbook: the list, and a second sheet that says how to fill it in. The same bytes
/// each time.
pub fn list_template_xlsx() -> Result<Vec<u8>, SheetError> {
    workbook().map_err(SheetError)
}

fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = empty_workbook()?;
    list(workbook.add_worksheet())?;
    instructions(workbook.add_worksheet())?;
    workbook.save_to_buffer()
}

fn list(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Pupils")?;
    let _ = lay_out(sheet, HEADERS.into_iter().zip(WIDTHS))?;
    let columns = u16::try_from(HEADERS.len()).unwrap_or(u16::MAX);
    for column in 0..columns {
        // A number kept as text is what we want here, and no slip to be marked in green.
        sheet.ignore_error_range(1, column, LAST_ROW, column, IgnoreError::NumberStoredAsText)?;
    }
    for (column, _) in (0..).zip(HEADERS).filter(|(_, title)| *title == "Consent") {
        sheet.add_data_validation(1, column, LAST_ROW, column, &yes_or_no()?)?;
    }
    Ok(())
}

/// Offers the two words, and forbids none: `yes` and `Y` are good answers as well, and what is none is for
/// the receipt to say.
fn yes_or_no() -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_list_strings(&["Yes", "No"])?
        .show_error_message(false)
        .set_input_message("Yes or No. Anything else counts as no consent.")
}

fn instructions(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("How to fill it in")?;
    sheet.set_column_width(0, INSTRUCTIONS_WIDTH)?;
    let text = text_format().set_text_wrap();
    let title = text.clone().set_bold();
    for (row, line) in (0..).zip(INSTRUCTIONS) {
        let format = if row == 0 { &title } else { &text };
        sheet.write_string_with_format(row, 0, line, format)?;
    }
    Ok(())
}

/// The columns' widths in characters.
const WIDTHS: [f64; HEADERS.len()] = [20.0, 24.0, 14.0, 16.0, 14.0, 10.0, 14.0];

/// The width of the sheet of instructions in characters.
const INSTRUCTIONS_WIDTH: f64 = 104.0;

/// The last row that offers the two words: as many pupils as any list may have.
const LAST_ROW: u32 = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_the_same_whenever_it_is_made() {
        assert_eq!(list_template_xlsx().unwrap(), list_template_xlsx().unwrap());
        assert_eq!(
            String::from_utf8(list_template_csv()).unwrap(),
            "\u{feff}Forename,Surname,Date of birth,UPN,ULN,Consent,Consent date\r\n"
        );
    }
}

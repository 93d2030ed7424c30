//! The list that a school fills in: its headers, and what the workbook's second sheet says about them. A
//! reader knows that sheet by its sentences, and by nothing else, so that no pupil can be overlooked on it.

/// The headers, in order.
pub const HEADERS: [&str; 7] = [
    "Forename",
    "Surname",
    "Date of birth",
    "UPN",
    "ULN",
    "Consent",
    "Consent date",
];

/// What the second sheet says, a cell a line. Whole sentences only, so that no cell of a list is ever one
/// of them. Filled templates come back for years: a line that was given out once stays known to
/// [`is_instruction`] when it is worded anew.
pub const INSTRUCTIONS: [&str; 12] = [
    "How to fill in the list of pupils on the first sheet.",
    "Write one row for each pupil below the headers, and leave the headers as they are.",
    "Forename and Surname: the legal names, as in your admission register.",
    "Date of birth and Consent date: day, month and four-digit year, such as 31/08/2010.",
    "UPN and ULN: the pupil's numbers, where you have them; they help to find the right pupil.",
    "Consent: write Yes or No; anything else, or nothing at all, counts as no consent.",
    "Consent date: the day on which the pupil agreed; without it 1 September of this school year is taken.",
    "The list is complete: a pupil of your last list who is not on this one is no longer shared.",
    "All columns hold text, so that no date turns and no number loses digits; please leave them so.",
    "Please hide no rows, filter none away, and add no other sheet.",
    "Save it as a workbook (.xlsx, .ods) or as .csv, and put it into the folder inbox of your box.",
    "Your answer is in the folder receipts soon afterwards: read the file that ends in .receipt.txt.",
];

/// Whether a cell holds one of the instructions.
pub fn is_instruction(cell: &str) -> bool {
    INSTRUCTIONS.contains(&cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_a_list_is_an_instruction() {
        for line in INSTRUCTIONS {
            assert!(line.split(' ').count() > 8 && line.ends_with('.'), "{line}");
            assert!(line.is_ascii() && line == line.trim(), "{line}");
        }
        for cell in HEADERS.into_iter().chain(["", "Yes", "No", "31/08/2010"]) {
            assert!(!is_instruction(cell), "{cell}");
        }
    }
}

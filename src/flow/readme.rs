//! `README.txt` in each box's root: how this works, in plain words.

use super::{
    keys::ComingHostKey,
    words::{self, Letterhead},
};
use crate::domain::{list_template::HEADERS, school::School};

/// The text, with CRLF line ends: schools read it in Notepad.
pub(super) fn text(
    school: &School,
    letterhead: &Letterhead,
    intake: Option<&str>,
    coming: Option<&ComingHostKey>,
) -> String {
    let Letterhead {
        council,
        contact,
        privacy_notice,
        domain,
    } = letterhead;
    let encrypted = intake.map_or_else(String::new, |recipient| {
        format!(
            "\nThe connection protects your files. If you encrypt a list yourself as well, do it with age, to\n\
             \x20 {recipient}\nand let its name end in .age.\n"
        )
    });
    let server = coming.map_or_else(String::new, announcement);
    let text = format!(
        "Pillarbox: the box of {name} ({id}) at {council}\n\
         \n\
         inbox/     Put files here.\n\
         outbox/    Collect files here.\n\
         receipts/  One answer for every file you put in. Read the .txt.\n\
         \n\
         school-kit.html beside this file is a page for your browser. It makes your key, checks a list before\n\
         you send it, opens what you collect, and checks receipts. Copy it to your computer and open it there:\n\
         it needs no network, and sends nothing to anybody.\n\
         {server}\
         \n\
         WHAT TO PUT INTO inbox/\n\
         \n\
         A list of the pupils who consented (.csv, .xlsx, .xls, .ods), one row a pupil, with the headers\n\
         \x20 {headers}\n\
         consent-list-template.xlsx and .csv beside this file have them, ready to be filled in. The\n\
         workbook's second sheet says how; it may stay in the file that you send.\n\
         A list is complete: who is on your last list and not on the new one is no longer shared.\n\
         \n\
         add ....csv        more pupils who consented; the last list stays as it is\n\
         withdraw ....csv   pupils who withdrew their consent: sharing stops at once\n\
         request.txt        asks for destinations now; you may write your reason into it\n\
         discrepancy.txt    tells us what is wrong in what you received\n\
         destroyed.txt      confirms that you destroyed what a notice asked for; write its number into it\n\
         \n\
         WHAT YOU GET\n\
         \n\
         Destination files in outbox/ are encrypted to the persons at your school who may collect. Each opens\n\
         them with the key of their own, in school-kit.html or with age:   age -d -i KEY -o FILE.csv FILE.csv.age\n\
         {encrypted}\
         \n\
         HOW TO CHECK A RECEIPT\n\
         \n\
         ssh-keygen -Y verify -f allowed_signers -I receipts@{domain} -n pillarbox-receipt -s X.receipt.json.sig < X.receipt.json\n\
         (on Windows in cmd, not in PowerShell, which changes the bytes)\n\
         allowed_signers beside this file has every key that ever signed. Take a fresh copy of it when a new\n\
         receipt is said to be signed by nobody; a line with a date in it needs OpenSSH 8.7 or later.\n\
         \n\
         Questions: {contact}\n\
         What the council does with personal data: {privacy_notice}\n",
        name = school.name,
        id = school.id,
        headers = HEADERS.join("   "),
    );
    text.replace('\n', "\r\n")
}

/// The server's key changes: said weeks before, so that nobody who is asked to trust another key is surprised.
fn announcement(coming: &ComingHostKey) -> String {
    format!(
        "\nTHE SERVER'S KEY CHANGES ON {day}\n\
         \n\
         Until then your program knows the server by   {present}\n\
         From that day on it is (ED25519)              {next}\n\
         It will ask you once whether you trust the new key. Say yes only if it shows this one.\n",
        day = words::long_day(coming.from).to_uppercase(),
        present = coming.present,
        next = coming.fingerprint,
    )
}

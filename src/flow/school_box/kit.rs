//! `school-kit.html` in each box's root: one offline page with which a school makes a key, checks a list, opens
//! a file and checks a receipt. It is built in `kit/`, and told here whose it is.

use std::sync::LazyLock;

use serde::Serialize;

use crate::{
    domain::{identifiers::Urn, school::School},
    flow::words::Letterhead,
};

/// The page as it is built, without a word on any council.
const SCHOOL_KIT: &str = include_str!("../../../kit/school-kit.html");

/// The page of one council.
pub(super) struct SchoolKit<'h> {
    letterhead: &'h Letterhead,
    signers: &'h str,
    intake: Option<&'h str>,
}

impl<'h> SchoolKit<'h> {
    pub(super) fn new(
        letterhead: &'h Letterhead,
        signers: &'h str,
        intake: Option<&'h str>,
    ) -> Self {
        Self {
            letterhead,
            signers,
            intake,
        }
    }

    /// The page for this school. What is told in it is public, and may be read by whoever gets the page.
    pub(super) fn page_for(&self, school: &School) -> String {
        let Letterhead {
            council,
            contact,
            privacy_notice,
            domain,
        } = self.letterhead;
        let facts = Facts {
            council: CouncilFacts {
                name: council,
                contact,
                privacy_notice,
                domain,
            },
            school: SchoolFacts {
                id: school.id.to_string(),
                name: &school.name,
                urn: school.urn.map(Urn::number),
            },
            intake: self.intake,
            signers: self.signers,
        };
        // No name can end the element in which it stands: `<` is written in another way.
        let facts = serde_json::to_string(&facts).unwrap_or_else(|_| NOTHING.to_owned());
        let facts = facts.replace('<', "\\u003c");
        match *HALVES {
            Some((before, after)) => [before, &facts, after].concat(),
            None => SCHOOL_KIT.to_owned(),
        }
    }
}

/// What the page reads: what each is called is the page's own word (`kit/src/pages/council.ts`).
#[derive(Serialize)]
struct Facts<'f> {
    council: CouncilFacts<'f>,
    school: SchoolFacts<'f>,
    /// To whom lists are encrypted.
    intake: Option<&'f str>,
    /// The lines of `allowed_signers`.
    signers: &'f str,
}

#[derive(Serialize)]
struct CouncilFacts<'f> {
    name: &'f str,
    contact: &'f str,
    privacy_notice: &'f str,
    domain: &'f str,
}

#[derive(Serialize)]
struct SchoolFacts<'f> {
    id: String,
    name: &'f str,
    urn: Option<u32>,
}

/// The page up to what it is told, and from there on. Looked for once: there are thousands of boxes.
static HALVES: LazyLock<Option<(&str, &str)>> = LazyLock::new(|| {
    let place = SCHOOL_KIT.find(UNTOLD)? + UNTOLD.find(NOTHING)?;
    let after = place + NOTHING.len();
    Some((SCHOOL_KIT.get(..place)?, SCHOOL_KIT.get(after..)?))
});

/// Where the page looks for what it is told, before anybody told it.
const UNTOLD: &str = r#"<script id="council" type="application/json">{}</script>"#;

/// What is put there in its stead.
const NOTHING: &str = "{}";

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::domain::{ids::SchoolId, school::Agreement};

    fn school(name: &str) -> School {
        School {
            id: SchoolId::PLACEHOLDER,
            name: name.to_owned(),
            urn: None,
            formats: Vec::new(),
            agreement: Agreement {
                signed: None,
                reviewed: None,
                terminated: None,
            },
            suspended: false,
            persons: Vec::new(),
            contacts: Vec::new(),
        }
    }

    fn told(page: &str) -> Value {
        let begin = UNTOLD.split_once(NOTHING).unwrap();
        let (_, rest) = page.split_once(begin.0).unwrap();
        let (facts, _) = rest.split_once(begin.1).unwrap();
        serde_json::from_str(facts).unwrap()
    }

    #[test]
    fn the_page_has_one_place_to_be_told_whose_it_is_and_stays_small() {
        assert_eq!(SCHOOL_KIT.matches(UNTOLD).count(), 1);
        assert!(SCHOOL_KIT.len() < 500_000, "{} bytes", SCHOOL_KIT.len());
    }

    #[test]
    fn the_page_knows_its_council_and_its_school() {
        let letterhead = Letterhead {
            council: "Made-up County Council".to_owned(),
            contact: "careers@council.example".to_owned(),
            privacy_notice: "https://council.example/privacy".to_owned(),
            domain: "council.example".to_owned(),
        };
        let kit = SchoolKit::new(
            &letterhead,
            "receipts@council.example key\n",
            Some("age1made"),
        );
        let told = told(&kit.page_for(&school("Nowhere High School")));
        assert_eq!(told["council"]["domain"], "council.example");
        assert_eq!(told["school"]["name"], "Nowhere High School");
        assert_eq!(told["school"]["urn"], Value::Null);
        assert_eq!(told["intake"], "age1made");
        assert_eq!(told["signers"], "receipts@council.example key\n");
    }

    #[test]
    fn no_name_ends_the_element_in_which_it_stands() {
        let name = "</script><script>alert(1)</script><!-- {} ";
        let letterhead = Letterhead {
            council: name.to_owned(),
            contact: String::new(),
            privacy_notice: String::new(),
            domain: String::new(),
        };
        let page = SchoolKit::new(&letterhead, "", None).page_for(&school(name));
        let scripts = |page: &str| page.matches("<script").count();
        assert_eq!(scripts(&page), scripts(SCHOOL_KIT));
        assert_eq!(told(&page)["council"]["name"], name);
        assert_eq!(told(&page)["school"]["name"], name);
    }
}

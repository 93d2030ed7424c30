//! `review`: what is in doubt, and what an analyst decides.

use std::path::Path;

use super::{args::ReviewVerb, error::CliError, release};
use crate::flow::{command::Command, review::ReviewCommand};

pub(super) fn review(config: &Path, verb: ReviewVerb, json: bool) -> Result<(), CliError> {
    let (command, at) = match verb {
        ReviewVerb::List(args) => {
            let school = args.school;
            (ReviewCommand::List { school }, args.when.at)
        }
        ReviewVerb::Tie(args) => {
            let (school, pupil, record) = (args.school, args.pupil, args.record);
            let tie = ReviewCommand::Tie {
                school,
                pupil,
                record,
            };
            (tie, args.when.at)
        }
        ReviewVerb::Untie(args) => {
            let (school, pupil) = (args.school, args.pupil);
            (ReviewCommand::Untie { school, pupil }, args.when.at)
        }
        ReviewVerb::Undo(args) => {
            let (id, reason) = (args.id, args.reason);
            (ReviewCommand::Undo { id, reason }, args.when.at)
        }
        ReviewVerb::Settle(args) => {
            let settle = ReviewCommand::Settle {
                id: args.id,
                pupil: args.pupil,
                meant: args.meant.withdraw,
            };
            (settle, args.when.at)
        }
    };
    let reply = release::answer(config, &Command::Review(command), at, json)?;
    release::said(&reply, json, "Done.")
}

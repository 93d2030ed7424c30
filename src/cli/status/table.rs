//! The table of schools, as wide as there is room.

use std::iter::{once, repeat_n};

use super::school::{LastRelease, SchoolLine};
use crate::{calendar::local_day, domain::receipt::Expiring};

/// A column: its header, what it tells of a school, and how soon it is left out.
struct Column {
    header: &'static str,
    cell: fn(&SchoolLine) -> String,
    spare: u8,
}

/// A column with its cells.
struct Made {
    column: Column,
    cells: Vec<String>,
    wide: usize,
}

/// How wide the table is with the shortest names.
fn least_width(columns: &[Made]) -> usize {
    let wide = |made: &Made| match made.column.header {
        NAME => made.wide.min(SHORTEST_NAME),
        _ => made.wide,
    };
    let all: usize = columns.iter().map(|made| wide(made) + GAP).sum();
    all.saturating_sub(GAP)
}

/// The table of schools. Where it is too wide, names are cut, then columns left out.
pub(super) fn schools(schools: &[SchoolLine], width: usize) -> Vec<String> {
    let mut columns: Vec<Made> = COLUMNS
        .into_iter()
        .map(|column| {
            let cells: Vec<String> = schools.iter().map(column.cell).collect();
            let widest = cells.iter().map(|cell| cell.chars().count()).max();
            let wide = widest.unwrap_or(0).max(column.header.chars().count());
            Made {
                column,
                cells,
                wide,
            }
        })
        .collect();
    // Empty columns go first, whatever there is room for.
    columns.retain(|made| made.column.spare == 0 || made.cells.iter().any(|cell| is_told(cell)));
    while least_width(&columns) > width {
        let Some(least) = columns.iter().map(|made| made.column.spare).max() else {
            break;
        };
        if least == 0 {
            break;
        }
        columns.retain(|made| made.column.spare != least);
    }
    let room = SHORTEST_NAME + width.saturating_sub(least_width(&columns));
    for name in columns.iter_mut().filter(|made| made.column.header == NAME) {
        name.wide = name.wide.min(room);
    }
    let rows = (0..schools.len()).map(|at| {
        let cells = columns
            .iter()
            .map(|made| (made.cells[at].as_str(), made.wide));
        row(cells)
    });
    let header = row(columns.iter().map(|made| (made.column.header, made.wide)));
    once(header).chain(rows).collect()
}

fn row<'c>(cells: impl Iterator<Item = (&'c str, usize)>) -> String {
    let mut line = String::new();
    for (cell, wide) in cells {
        let long = cell.chars().count();
        let number = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
        if long > wide {
            line.extend(cell.chars().take(wide.saturating_sub(1)));
            line.push('…');
        } else if number {
            line.extend(repeat_n(' ', wide - long).chain(cell.chars()));
        } else {
            line.extend(cell.chars().chain(repeat_n(' ', wide - long)));
        }
        line.push_str("  ");
    }
    line.trim_end().to_owned()
}

fn is_told(cell: &str) -> bool {
    !matches!(cell, "" | "0" | "-")
}

const COLUMNS: [Column; 14] = [
    Column {
        header: "School",
        cell: |school| school.id.to_string(),
        spare: 0,
    },
    Column {
        header: NAME,
        cell: |school| school.name.clone(),
        spare: 0,
    },
    Column {
        header: "Agreement",
        cell: |school| school.agreement.to_owned(),
        spare: 0,
    },
    Column {
        header: "Last list",
        cell: last_list,
        spare: 0,
    },
    Column {
        header: "In force",
        cell: |school| school.consents.in_force.to_string(),
        spare: 0,
    },
    Column {
        header: "Lapsed",
        cell: |school| school.consents.lapsed.to_string(),
        spare: 5,
    },
    Column {
        header: "Withdrawn",
        cell: |school| school.consents.withdrawn.to_string(),
        spare: 4,
    },
    Column {
        header: "Held",
        cell: |school| school.consents.held.to_string(),
        spare: 3,
    },
    Column {
        header: "Last release",
        cell: |school| school.last_release.as_ref().map_or_else(dash, release),
        spare: 0,
    },
    Column {
        header: "Outbox",
        cell: |school| school.outbox.len().to_string(),
        spare: 2,
    },
    Column {
        header: "Collected",
        cell: collected,
        spare: 6,
    },
    Column {
        header: "Needs",
        cell: needs,
        spare: 1,
    },
    Column {
        header: "End in 30 days",
        cell: |school| ending(school, |soon| soon.in_30_days),
        spare: 7,
    },
    Column {
        header: "In 90",
        cell: |school| ending(school, |soon| soon.in_90_days),
        spare: 8,
    },
];

fn dash() -> String {
    "-".to_owned()
}

fn last_list(school: &SchoolLine) -> String {
    school.last_list.map_or_else(dash, |day| day.to_string())
}

fn release(last: &LastRelease) -> String {
    let state = match last.state.as_str() {
        "published" => "",
        state => &format!(" {state}"),
    };
    format!("{} {}{state}", last.id, last.on)
}

fn collected(school: &SchoolLine) -> String {
    school
        .last_collection
        .map_or_else(dash, |at| local_day(at).to_string())
}

/// What somebody should look at.
fn needs(school: &SchoolLine) -> String {
    let states = [
        (school.on_hold, "on hold"),
        (school.review_due.is_some(), "review due"),
        (school.year12_list_missing, "Year 12 list due"),
    ];
    let states = states.into_iter().filter(|(is_so, _)| *is_so);
    let mut told: Vec<String> = states.map(|(_, state)| state.to_owned()).collect();
    let mut tell = |number: u32, one: &str, more: &str| {
        if number > 0 {
            told.push(format!("{number} {}", if number == 1 { one } else { more }));
        }
    };
    tell(school.waiting_requests, "request", "requests");
    tell(school.open_discrepancies, "discrepancy", "discrepancies");
    tell(school.braked_withdrawals, "to review", "to review");
    tell(school.open_notices, "notice", "notices");
    if let (Some(since), Some(last)) = (school.oldest_notice, told.last_mut())
        && school.open_notices > 0
    {
        let overdue = if school.notice_overdue {
            ", overdue"
        } else {
            ""
        };
        *last = format!("{last} since {since}{overdue}");
    }
    told.join(", ")
}

fn ending(school: &SchoolLine, within: impl Fn(Expiring) -> u32) -> String {
    let soon = school.expiring.as_ref();
    soon.map_or_else(dash, |soon| within(soon.expiring).to_string())
}

const NAME: &str = "Name";
/// Between two columns.
const GAP: usize = 2;
/// Letters that a cut name keeps.
const SHORTEST_NAME: usize = 16;

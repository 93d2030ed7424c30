//! The council's settings as the rules that judge, match and share take them.

use std::collections::HashMap;

use super::House;
use crate::{
    config,
    policy::{
        gate::{HoldProviders, SharingRules, Year12Rule},
        judge::ListRules,
        matching::Year11Rule,
        requests::{ApprovalRule, RequestRules},
    },
    reading::{ExtractField, Limits},
};

impl House {
    pub(in crate::flow) fn list_rules(&self) -> ListRules {
        ListRules {
            max_bad_rows: self.settings.intake.max_bad_rows,
        }
    }

    pub(in crate::flow) fn limits(&self) -> Limits {
        Limits {
            max_rows: self.settings.intake.max_rows,
            ..Limits::default()
        }
    }

    pub(in crate::flow) fn request_rules(&self) -> RequestRules {
        let requests = &self.settings.requests;
        RequestRules {
            approval: match requests.approval {
                config::Approval::Automatic => ApprovalRule::Automatic,
                config::Approval::Manual => ApprovalRule::Manual,
            },
            min_interval_days: whole_days(requests.min_interval),
            max_per_day: u16::try_from(requests.max_per_day).unwrap_or(u16::MAX),
        }
    }

    pub(in crate::flow) fn sharing_rules(&self) -> SharingRules {
        SharingRules {
            expiry: self.settings.consent.expires,
            hold_providers: HoldProviders::new(&self.settings.destinations.hold_providers),
            year12_list: match self.settings.consent.year12_list {
                config::Year12List::Warn => Year12Rule::Warn,
                config::Year12List::Hold => Year12Rule::Hold,
            },
        }
    }

    pub(in crate::flow) fn year11_rule(&self) -> Year11Rule {
        match self.settings.destinations.year11_school {
            config::Year11School::Required => Year11Rule::Required,
            config::Year11School::WhenPresent => Year11Rule::WhenPresent,
        }
    }

    /// Days for which an extract may be shared from.
    pub(in crate::flow) fn extract_max_age(&self) -> u16 {
        whole_days(self.settings.destinations.max_age)
    }

    /// The extract's headers that the council named.
    pub(in crate::flow) fn extract_columns(&self) -> HashMap<ExtractField, String> {
        let named = self.settings.destinations.columns.iter();
        named
            .filter_map(|(key, header)| Some((ExtractField::from_key(key)?, header.clone())))
            .collect()
    }
}

/// A span in whole days, as the rules count it.
fn whole_days(span: time::Duration) -> u16 {
    u16::try_from(span.whole_days()).unwrap_or(u16::MAX)
}

//! Why a client was turned away or cut off: one word for counters, one sentence for the client.

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cut {
    /// Too many connections that have not logged in.
    Strangers,
    /// Too many of them from this address.
    StrangersOfAddress,
    /// Too many sessions.
    Sessions,
    /// Too many of this school.
    SessionsOfSchool,
    /// Too many from this address.
    SessionsOfAddress,
    /// Too many failed logins of this account from this address.
    Banned,
    /// Not logged in within the time there is for it.
    Grace,
    /// Nothing asked for too long.
    Idle,
    /// The person, the key or one of the rights is no more what it was.
    RightsEnded,
    /// The agreement is no longer in force.
    AgreementEnded,
    /// The server stops.
    Stopping,
    /// More was sent than answered, without reading answers.
    Flood,
    /// What was sent is not SFTP.
    Broken,
    /// Something went wrong on our side.
    Trouble,
}

impl Cut {
    /// All of them.
    pub(super) const ALL: [Self; 14] = [
        Self::Strangers,
        Self::StrangersOfAddress,
        Self::Sessions,
        Self::SessionsOfSchool,
        Self::SessionsOfAddress,
        Self::Banned,
        Self::Grace,
        Self::Idle,
        Self::RightsEnded,
        Self::AgreementEnded,
        Self::Stopping,
        Self::Flood,
        Self::Broken,
        Self::Trouble,
    ];

    /// Its name in counters and logs.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Strangers => "unauthenticated",
            Self::StrangersOfAddress => "unauthenticated-per-address",
            Self::Sessions => "sessions",
            Self::SessionsOfSchool => "sessions-per-school",
            Self::SessionsOfAddress => "sessions-per-address",
            Self::Banned => "banned",
            Self::Grace => "login-grace",
            Self::Idle => "idle",
            Self::RightsEnded => "rights-ended",
            Self::AgreementEnded => "agreement-ended",
            Self::Stopping => "stopping",
            Self::Flood => "flood",
            Self::Broken => "not-sftp",
            Self::Trouble => "trouble",
        }
    }

    /// What the client is told.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Strangers | Self::StrangersOfAddress | Self::Sessions => {
                "The server is busy. Please try again in a minute."
            }
            Self::SessionsOfSchool => {
                "Your school has too many sessions open. Please close one and try again."
            }
            Self::SessionsOfAddress => {
                "There are too many sessions from your address. Please close one and try again."
            }
            Self::Banned => {
                "There were too many failed logins. Please try again later, or ask the council."
            }
            Self::Grace => "Logging in took too long.",
            Self::Idle => "Nothing was asked for a while. Please connect again when you need to.",
            Self::RightsEnded => {
                "Your access has changed. Please connect again; if that fails, ask the council."
            }
            Self::AgreementEnded => {
                "Your school's agreement has changed. Please connect again, or ask the council."
            }
            Self::Stopping => "The server is restarting. Please connect again in a minute.",
            Self::Flood => "Too much was sent at once without reading the answers.",
            Self::Broken => "What was sent is not SFTP.",
            Self::Trouble => "Something went wrong on the council's server. Please try again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_is_listed_once_under_a_word_of_its_own() {
        let codes: BTreeSet<_> = Cut::ALL.iter().map(|cut| cut.code()).collect();
        assert_eq!(codes.len(), Cut::ALL.len());
        for (at, cut) in Cut::ALL.iter().enumerate() {
            assert_eq!(*cut as usize, at);
            assert!(cut.sentence().ends_with('.'));
        }
    }
}

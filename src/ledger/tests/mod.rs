//! What the ledger promises, table by table.

mod consents;
mod council;
mod fixtures;
mod notices;
mod opening;
mod queues;
mod releases;
mod rights;
mod secrecy;
mod served;
mod status;
mod submissions;
mod ties;
mod trail;
mod volume;

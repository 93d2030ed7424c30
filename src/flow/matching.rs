//! The extract streamed past the consents: one thread reads, one looks up, and nothing is kept but what
//! fits somebody.

use std::{
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};

use rayon::prelude::*;

use super::{FlowError, extract, house::House};
use crate::{
    domain::{destination::DestinationRecord, pupil::Consent, school::School},
    ledger::Extract,
    policy::matching::{Index, Matches, Seeker},
    reading::extract::{
        self as reading, ExtractFault, ExtractReader, RowFault, Year11Schools, year11,
    },
};

/// What of this extract fits the pupils of these schools.
pub(super) fn match_consents(
    house: &House,
    schools: &[Arc<School>],
    extract: &Extract,
) -> Result<Matches, FlowError> {
    let index = index(house, schools)?;
    let year11 = match extract::year11_file(house)? {
        Some(file) => year11(file).map_err(FlowError::Year11)?,
        None => Year11Schools::default(),
    };
    let survey = extract::surveyed(house, &extract.arrived)?;
    let mut records = reading::open(extract::open(house, &extract.arrived)?, &survey)
        .map_err(FlowError::Extract)?;
    let (send, receive) = sync_channel::<Vec<DestinationRecord>>(PARCELS_UNDER_WAY);
    let (read, hits) = thread::scope(|scope| {
        let reading = scope.spawn(move || read_all(&mut records, &year11, &send));
        let mut hits = index.hits();
        // To stop, the receiver goes, and the reader with it.
        for parcel in receive {
            if house.is_stopping() {
                break;
            }
            for record in &parcel {
                hits.offer(record);
            }
        }
        (reading.join(), hits)
    });
    if house.is_stopping() {
        return Err(FlowError::Stopping);
    }
    // A reader that panicked read only a part of the extract: nothing may be released from that.
    read.map_err(|_| FlowError::ReaderDied)?
        .map_err(FlowError::Extract)?;
    Ok(index.judge(vec![hits]))
}

/// Reads the extract to its end and sends the records on, many at a time. Rows that can't be read are
/// left out; a stream that breaks off is an error, because what is missing might contradict what is there.
fn read_all(
    records: &mut ExtractReader,
    year11: &Year11Schools,
    send: &SyncSender<Vec<DestinationRecord>>,
) -> Result<(), ExtractFault> {
    let mut parcel = Vec::with_capacity(PARCEL);
    for record in records {
        let mut record = match record {
            Ok(record) => record,
            Err(RowFault::Broken(fault)) => return Err(fault),
            Err(RowFault::Unreadable { .. }) => continue,
        };
        record.year11_school = record.year11_school.or_else(|| year11.of(&record));
        parcel.push(record);
        if parcel.len() == PARCEL {
            let full = std::mem::replace(&mut parcel, Vec::with_capacity(PARCEL));
            if send.send(full).is_err() {
                return Ok(());
            }
        }
    }
    // Nobody receives only if the other thread is gone, and then its panic is what is told.
    let _ = send.send(parcel);
    Ok(())
}

/// Every pupil of these schools, those too who may not be shared: their record must not be taken for a
/// namesake's. Pupils are opened on all cores, a few schools at a time, and then only what the index keeps
/// of them stays in memory.
fn index(house: &House, schools: &[Arc<School>]) -> Result<Index, FlowError> {
    let (view, vault) = (house.ledger.view(), &house.vault);
    let mut index = Index::builder(house.year11_rule());
    for batch in schools.chunks(SCHOOLS_AT_ONCE) {
        let sealed = batch
            .iter()
            .map(|school| view.consents(school.id))
            .collect::<Result<Vec<_>, _>>()?;
        let opened = sealed
            .par_iter()
            .map(|of_school| of_school.iter().map(|sealed| sealed.open(vault)).collect())
            .collect::<Result<Vec<Vec<Consent>>, _>>()?;
        for (school, consents) in batch.iter().zip(&opened) {
            for consent in consents {
                index.add(Seeker {
                    id: consent.id,
                    school: school.id,
                    urn: school.urn,
                    pupil: &consent.pupil,
                    standing: consent.standing,
                    tied_to: None,
                });
            }
        }
    }
    Ok(index.build())
}

/// Schools whose pupils are in memory at once while the index is made.
const SCHOOLS_AT_ONCE: usize = 64;
/// Records that travel from one thread to the other at once.
const PARCEL: usize = 1_024;
/// Parcels on their way: enough that neither thread waits for the other, few enough to weigh nothing.
const PARCELS_UNDER_WAY: usize = 8;

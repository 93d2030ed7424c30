//! The extract streamed past the consents: one thread reads, one looks up, and nothing is kept but what
//! fits somebody.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};

use rayon::prelude::*;

use super::{FlowError, extract, house::House, review::TiesInForce};
use crate::{
    domain::{destination::DestinationRecord, pupil::Consent, school::School},
    ledger::Extract,
    policy::matching::{Index, Matches, Seeker, Year11Rule},
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
    let mut hits = index.hits();
    each_record(house, extract, |record| hits.offer(record))?;
    Ok(index.judge(vec![hits]))
}

/// Shows every record of the extract, each with its Year 11 school as far as anything tells it. Where this
/// fails, not all of them were shown.
pub(super) fn each_record(
    house: &House,
    extract: &Extract,
    mut each: impl FnMut(&DestinationRecord),
) -> Result<(), FlowError> {
    let year11 = match extract::year11_file(house)? {
        Some(file) => year11(file).map_err(FlowError::Year11)?,
        None => Year11Schools::default(),
    };
    let survey = extract::surveyed(house, &extract.arrived)?;
    let mut records = reading::open(extract::open(house, &extract.arrived)?, &survey)
        .map_err(FlowError::Extract)?;
    let (send, receive) = sync_channel::<Vec<DestinationRecord>>(PARCELS_UNDER_WAY);
    let read = thread::scope(|scope| {
        let reading = scope.spawn(move || read_all(&mut records, &year11, &send));
        // To stop, the receiver goes, and the reader with it.
        for parcel in receive {
            if house.is_stopping() {
                break;
            }
            parcel.iter().for_each(&mut each);
        }
        reading.join()
    });
    if house.is_stopping() {
        return Err(FlowError::Stopping);
    }
    // A reader that panicked read only a part of the extract: nothing may be released from that.
    read.map_err(|_| FlowError::ReaderDied)?
        .map_err(FlowError::Extract)
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
/// namesake's. Where a record need not tell the Year 11 school, any school may claim it, and all are asked.
/// Pupils are opened on all cores, a few schools at a time, and then only what the index keeps of them stays
/// in memory.
fn index(house: &House, schools: &[Arc<School>]) -> Result<Index, FlowError> {
    let (view, vault) = (house.ledger.view(), &house.vault);
    let rule = house.year11_rule();
    let claimants = match rule {
        Year11Rule::Required => Cow::Borrowed(schools),
        Year11Rule::WhenPresent => Cow::Owned(house.all_schools()),
    };
    let ties = TiesInForce::of_all(&view)?;
    let mut index = Index::builder(rule);
    for batch in claimants.chunks(SCHOOLS_AT_ONCE) {
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
                    tied_to: ties.of(school.id, consent),
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

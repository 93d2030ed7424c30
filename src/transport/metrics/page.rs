//! One scrape in the making: numbers, families of numbers and moments, each with what it tells.

use std::fmt;

use prometheus_client::{
    encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};
use time::OffsetDateTime;

use super::standing::Series;

/// What is written to one scrape.
pub(super) struct Page<'p, 'e>(&'p mut DescriptorEncoder<'e>);

impl<'p, 'e> Page<'p, 'e> {
    pub(super) fn of(encoder: &'p mut DescriptorEncoder<'e>) -> Self {
        Self(encoder)
    }

    pub(super) fn number(&mut self, name: &str, help: &str, number: u64) -> fmt::Result {
        let gauge = self.begin(name, help, None, MetricType::Gauge)?;
        ConstGauge::new(number).encode(gauge)
    }

    /// A number in a unit, which ends its name.
    pub(super) fn measured(
        &mut self,
        name: &str,
        help: &str,
        unit: &Unit,
        number: u64,
    ) -> fmt::Result {
        let gauge = self.begin(name, help, Some(unit), MetricType::Gauge)?;
        ConstGauge::new(number).encode(gauge)
    }

    /// A number that only grows.
    pub(super) fn counter(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        number: u64,
    ) -> fmt::Result {
        let counter = self.begin(name, help, unit, MetricType::Counter)?;
        ConstCounter::new(number).encode(counter)
    }

    /// The same by the word that tells them apart.
    pub(super) fn counters<'w>(
        &mut self,
        name: &str,
        help: &str,
        key: &str,
        all: impl Iterator<Item = (&'w str, u64)>,
    ) -> fmt::Result {
        let mut counter = self.begin(name, help, None, MetricType::Counter)?;
        for (word, number) in all {
            ConstCounter::new(number).encode(counter.encode_family(&[(key, word)])?)?;
        }
        Ok(())
    }

    /// Numbers by the word that tells them apart.
    pub(super) fn series(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        key: &str,
        series: &Series,
    ) -> fmt::Result {
        let mut gauge = self.begin(name, help, unit, MetricType::Gauge)?;
        for (word, number) in series {
            ConstGauge::new(*number).encode(gauge.encode_family(&[(key, *word)])?)?;
        }
        Ok(())
    }

    /// A moment, in seconds since 1970; where there is none, nothing is told.
    pub(super) fn moment(
        &mut self,
        name: &str,
        help: &str,
        at: Option<OffsetDateTime>,
    ) -> fmt::Result {
        let Some(at) = at else { return Ok(()) };
        let name = format!("{name}_timestamp");
        let gauge = self.begin(&name, help, Some(&Unit::Seconds), MetricType::Gauge)?;
        ConstGauge::new(seconds(at)).encode(gauge)
    }

    /// Moments by the word that tells them apart.
    pub(super) fn moments(
        &mut self,
        name: &str,
        help: &str,
        key: &str,
        all: &[(&str, OffsetDateTime)],
    ) -> fmt::Result {
        let name = format!("{name}_timestamp");
        let mut gauge = self.begin(&name, help, Some(&Unit::Seconds), MetricType::Gauge)?;
        for (word, at) in all {
            ConstGauge::new(seconds(*at)).encode(gauge.encode_family(&[(key, *word)])?)?;
        }
        Ok(())
    }

    fn begin<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
        unit: Option<&'s Unit>,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0
            .encode_descriptor(name, &format!("{help}."), unit, kind)
    }
}

/// Seconds since 1970, to the millisecond.
fn seconds(at: OffsetDateTime) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our days fit without loss"
    )]
    let milliseconds = (at.unix_timestamp_nanos() / 1_000_000) as f64;
    milliseconds / 1000.0
}

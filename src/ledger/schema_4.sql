-- The fourth step: where segments of the trail begin is found without reading the trail.
CREATE INDEX trail_restored ON trail (seq) WHERE verb = 'ledger-restored';

// What a daemon of a made-up council wrote, to the byte; its receipt key was changed twice afterwards.

export const JSON_TEXT = `{
  "schema": "pillarbox/receipt/v1",
  "id": "S000001",
  "kind": "consent-list",
  "school": "8604001",
  "outcome": "accepted-with-errors",
  "at": "2026-11-21T10:00:00Z",
  "by": null,
  "file": {
    "name": "leavers.csv",
    "bytes": 123,
    "sha256": "51f03b2248a1e5c18263938d8d95ff30b25e5b90ece26b623b7ee53dae2f8246"
  },
  "counts": {
    "rows": 3,
    "consented": 2,
    "not_consented": 0,
    "withdrawn": 0,
    "rejected": 1,
    "new": 2,
    "renewed": 0,
    "lapsed": 0
  },
  "expiring": {
    "in_30_days": 0,
    "in_90_days": 0
  },
  "problems": [
    {
      "row": null,
      "column": null,
      "code": "consent-date-assumed",
      "severity": "warning",
      "message": "No date of consent is given, so 1 September of this school year was taken.",
      "fix": "Add a column «Consent date» with the day on which each pupil consented."
    },
    {
      "row": 4,
      "column": "Date of birth",
      "code": "dob-not-a-date",
      "severity": "error",
      "message": "The date of birth is not a date that can be read.",
      "fix": "Write it as dd/mm/yyyy, with all four digits of the year."
    }
  ],
  "rehearsal": true,
  "audit": {
    "seq": 2,
    "hash": "ab8c15ca39b5eae0db07f8d4fd97a2586a8271b406df057cd4b9e71217f59ce2"
  }
}
`;

export const SIG = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgitiA2Nsy+eYBHCn8IW330oZube
g4HuxFHkVG7dtWr0YAAAARcGlsbGFyYm94LXJlY2VpcHQAAAAAAAAABnNoYTUxMgAAAFMA
AAALc3NoLWVkMjU1MTkAAABAq/Nmmb67551arKfuQ4meKfWG6S/7zWkdUN0lzwdinV0lhC
6yHXUFZ8GXBzwJ6N3HUBLw4nXtwNihld2hUR+7CQ==
-----END SSH SIGNATURE-----
`;

export const ALLOWED_SIGNERS = `# retired 2026-11-21T10:00:00Z
receipts@council.example namespaces="pillarbox-receipt,pillarbox-checkpoint",valid-before="20321120" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrYgNjbMvnmARwp/CFt99KGbm3oOB7sRR5FRu3bVq9G
# since 2026-11-21T10:00:00Z retired 2026-11-23T10:00:00Z stolen
receipts@council.example namespaces="pillarbox-receipt,pillarbox-checkpoint",valid-after="20261120",valid-before="20261123100000" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINLxZk6fzeDrhgjmBq5FdQKXPntTX9zlkn3PuzlMxwEC
# since 2026-11-23T10:00:00Z
receipts@council.example namespaces="pillarbox-receipt,pillarbox-checkpoint" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINEmOB0aE5G7m6K6ftK8lpiYLTRxI9DWY0dae9smxOjI
`;

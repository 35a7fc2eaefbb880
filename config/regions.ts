/** Google Cloud regions where this platform may run; adding one is a decision about where data lives. */
export const regions = [
  "europe-west1",
  "europe-west2",
  "europe-west3",
  "europe-west4",
  "europe-west6",
  "europe-west9",
  "europe-north1",
  "europe-central2",
  "europe-southwest1",
  "us-central1",
  "us-east1",
  "us-east4",
  "us-west1",
] as const;

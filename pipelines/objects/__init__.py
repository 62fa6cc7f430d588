"""A store in an S3-compatible object store: what the bucket holds, and how a machine works on it.

    s3://bucket/prefix/
      current              what the store is: for each file its object, SHA-256, size and mode (`manifest.py`)
      objects/<random>     the files, one object each; never changed, never used again

Each machine has a working copy, which is an ordinary store (`copies.py`). Whoever writes does so in the working copy,
sends the objects that are new, and then replaces `current` on the condition that it is still the one the work began
with. So the bucket is before or after, whoever is killed and whenever; of two who write at once the later is refused,
and no lock is needed that a killed writer could leave behind.

Every object is sealed (`pipelines.backups.sealed`) with a key that `RTU_STORE_KEY` names: who reads the bucket reads
sizes, and who writes into it can remove or put back, but not alter. That is why `erased.key`, by which erased patients
are recognised, may stand there as in the folder of a store.

Not shared are aggregates, what is spilled, an import under way, and the journal of access, which has a line for every
reader and stands in a database where several machines read (`pipelines.access.settings`).
"""

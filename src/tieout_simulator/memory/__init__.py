"""The store and the job queue in memory, held to the real ones by the same contract tests."""

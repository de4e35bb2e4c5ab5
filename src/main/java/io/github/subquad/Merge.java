package io.github.subquad;

/** Where the partial results of chunks are merged. */
public enum Merge {
    /** Where they were computed; they come back once a chunk of queries. */
    DEVICE,
    /** On the host by the orchestrator, to which each chunk's {@link AttnChunk} comes back. */
    HOST
}

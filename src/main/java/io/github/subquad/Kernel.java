package io.github.subquad;

/** The form in which an engine evaluates a call. */
public enum Kernel {
    /** The faster form the engine has. */
    AUTO,
    /** Chunk by chunk, merged by the orchestrator: the paper's algorithm as it stands. */
    STAGED,
    /** Scores, weights and weighted sums in one pass, in blocks of the engine's own. */
    FUSED
}

package io.github.subquad.tornado;

/** Which way a program goes through a call, and so which arrays it has. */
enum Pass {
    /** Attends. */
    FORWARD,
    /** Differentiates; all weights are recomputed. */
    BACKWARD,
    /** Differentiates; some weights come from the host, where the forward pass kept them. */
    BACKWARD_OF_KEPT;

    boolean isBackward() {
        return this != FORWARD;
    }
}

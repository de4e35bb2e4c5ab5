package io.github.subquad.peers;

import io.github.subquad.tensor.Tensor;

/** One way to compute attention. All peers read the same off-heap tensors, without copies. */
interface Peer extends AutoCloseable {
    /** One whole call: inputs where they lie, to an output in memory outside the Java heap. */
    void run();

    /**
     * What the last call gave, for its verdict; never part of what is timed.
     *
     * @return a view that is valid until the next call
     */
    Tensor output();

    @Override
    void close();
}

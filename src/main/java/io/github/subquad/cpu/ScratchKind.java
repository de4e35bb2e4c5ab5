package io.github.subquad.cpu;

/**
 * A kind of scratch that a thread needs; kinds of equal sizes are equal.
 *
 * @param <T> the scratch
 */
interface ScratchKind<T> {
    /** What {@link #allocate} allocates. */
    long bytes();

    T allocate(Kernels kernels);
}

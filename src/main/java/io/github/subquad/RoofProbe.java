package io.github.subquad;

/**
 * Small kernels that show the most a device can do, run by the same means as its attention. Each
 * method runs one of them once and times it itself: on the device's own clock where the device has
 * one, so that copies to it and the launch do not count, else by the host's. Not thread-safe.
 *
 * <p>Memory is taken when a method first needs it and held until {@link #close}. The first run of a
 * method may be slow: code is compiled then.
 */
public interface RoofProbe extends AutoCloseable {
    /**
     * What a run did and how long it took.
     *
     * @param amount floating-point operations, bytes or round trips; finite and above 0
     * @param nanos time in nanoseconds, at least 1
     */
    record Work(double amount, long nanos) {
        /** Checks that both are above 0. */
        public Work {
            if (!(amount > 0 && amount < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "amount: expected a finite number above 0, got " + amount);
            }
            if (nanos < 1) {
                throw new IllegalArgumentException("nanos: expected at least 1, got " + nanos);
            }
        }

        /**
         * The rate in billions a second: GFLOP/s or GB/s.
         *
         * @return amount over nanoseconds, above 0
         */
        public double perNano() {
            return amount / nanos;
        }
    }

    /**
     * The device that is probed.
     *
     * @return as its backend lists it
     */
    Device device();

    /**
     * Host threads that work together.
     *
     * @return at least 1; 1 where the host only waits for the device
     */
    int threads();

    /**
     * Independent chains of float32 multiply-adds in registers.
     *
     * @return floating-point operations, two for each multiply-add
     * @throws BackendException if the device fails, or its result is wrong
     */
    Work multiplyAdd();

    /**
     * A copy between arrays that no cache holds.
     *
     * @return bytes read and written, together
     * @throws BackendException if the device fails
     */
    Work copy();

    /**
     * The sum of an array that no cache holds.
     *
     * @return bytes read
     * @throws BackendException if the device fails
     */
    Work read();

    /**
     * The least piece of work, from the host and back; always by the host's clock.
     *
     * @return 1 round trip
     * @throws BackendException if the device fails
     */
    Work roundTrip();

    /** Frees memory and threads; may be called again. */
    @Override
    void close();
}

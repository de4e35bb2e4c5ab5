package io.github.subquad;

/**
 * Something that computes, as a backend reports it.
 *
 * @param backend name of its backend, such as {@code cpu}
 * @param id how it is chosen within the backend, such as {@code 0}
 * @param name its name for a person, such as {@code Vector API, 512-bit lanes}
 * @param memoryBytes memory it may use, 0 if not known
 * @param usable whether it can compute
 * @param note what to know: why it is not usable, or what is lost; empty if nothing
 * @param remedy what mends that; empty if nothing does
 */
public record Device(
        String backend,
        String id,
        String name,
        long memoryBytes,
        boolean usable,
        String note,
        String remedy) {
    /**
     * Backend and device in one word.
     *
     * @return such as {@code cpu:0}
     */
    public String address() {
        return backend + ":" + id;
    }
}

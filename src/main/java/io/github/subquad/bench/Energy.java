package io.github.subquad.bench;

/**
 * What the machine spent while the calls of a row were timed.
 *
 * @param source whose counter it is, such as {@code RAPL package 0}; all that it feeds is in it
 * @param joules in all timed turns, calls and what lies between them
 * @param calls in these turns
 */
public record Energy(String source, double joules, long calls) {
    /** Both together. */
    Energy plus(Energy other) {
        return new Energy(source, joules + other.joules, calls + other.calls);
    }

    /**
     * Of a call.
     *
     * @return joules
     */
    public double perCall() {
        return joules / calls;
    }
}

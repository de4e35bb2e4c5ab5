package io.github.subquad;

/** Which keys a query may see by position, and how the two sequences are aligned. */
public enum Causal {
    /** All keys. */
    NONE,
    /** The last query sees all keys: query i sees keys 0 … i + keys − queries. */
    BOTTOM_RIGHT,
    /** The first query sees the first key alone: query i sees keys 0 … i. */
    TOP_LEFT;

    /** The diagonal of calls that are not causal: every key is visible. */
    static final long EVERYTHING = Long.MAX_VALUE;

    /** The last key that query 0 sees; query i sees i more. Negative: none. */
    long diagonal(long queryTokens, long keyTokens) {
        return switch (this) {
            case NONE -> EVERYTHING;
            case BOTTOM_RIGHT -> keyTokens - queryTokens;
            case TOP_LEFT -> 0;
        };
    }
}

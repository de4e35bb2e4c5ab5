package io.github.subquad.bench.machine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Lines on things that are not the same in two places. */
public final class Differences {
    private final List<String> lines = new ArrayList<>();

    /** None yet. */
    public Differences() {}

    /**
     * Compares one thing.
     *
     * @param name of the thing
     * @param here null if not known
     * @param there the same elsewhere
     * @return this, with a line such as {@code threads: 2, there 8} more if they differ
     */
    public Differences add(String name, @Nullable Object here, @Nullable Object there) {
        if (!Objects.equals(here, there)) {
            lines.add("%s: %s, there %s".formatted(name, word(here), word(there)));
        }
        return this;
    }

    /** Compares lists, of which just what the other has not is told. */
    Differences addList(String name, List<String> here, List<String> there) {
        String onlyHere = String.join(" ", alone(here, there));
        String onlyThere = String.join(" ", alone(there, here));
        if (!onlyHere.isEmpty()) {
            lines.add("%s: only here %s".formatted(name, onlyHere));
        }
        if (!onlyThere.isEmpty()) {
            lines.add("%s: only there %s".formatted(name, onlyThere));
        }
        return this;
    }

    /** Those of a list that another has fewer times. */
    private static List<String> alone(List<String> list, List<String> other) {
        List<String> left = new ArrayList<>(list);
        other.forEach(left::remove);
        return left;
    }

    private static Object word(@Nullable Object value) {
        return switch (value) {
            case null -> "not known";
            case Boolean yes -> yes ? "yes" : "no";
            default -> value;
        };
    }

    /**
     * What differs.
     *
     * @return a line for each thing, in the order of comparison
     */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}

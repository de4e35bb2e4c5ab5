package io.github.subquad.bench;

import java.util.List;

/**
 * What was asked of a benchmark; enough to go on with it after a break.
 *
 * @param command that started it
 * @param started when, in UTC by ISO 8601
 * @param seed of the data, of the order of turns, and of the rows that verdicts look at
 * @param protocol how often
 * @param cases what was to be measured
 */
public record Run(String command, String started, long seed, Protocol protocol, List<Case> cases) {
    /** Keeps the cases as they are now. */
    public Run {
        cases = List.copyOf(cases);
    }
}

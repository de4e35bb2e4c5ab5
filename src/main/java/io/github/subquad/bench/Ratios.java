package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How many times as fast one row is as another. Both took their turns side by side, so the ratio is
 * taken within each repetition: it does not see whether the machine was fast or slow meanwhile.
 */
public final class Ratios {
    private Ratios() {}

    /**
     * The ratios of all repetitions that both have.
     *
     * @param row whose speed is shown
     * @param base what it is held against
     * @return the base's time over the row's, in some numbers; null where one of them has none
     */
    public static @Nullable Statistics of(Row row, Row base) {
        double[] mine = row.samples();
        double[] theirs = base.samples();
        double[] ratios = new double[Math.min(mine.length, theirs.length)];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = theirs[i] / mine[i];
        }
        return ratios.length == 0 ? null : Statistics.of(ratios);
    }

    /** Of one of our rows over a peer's of the same workload and threads; null if there is none. */
    static @Nullable Statistics over(String peer, Row row, List<Row> rows) {
        if (row.setting().peer()) {
            return null;
        }
        return rows.stream()
                .filter(other -> other.setting().peer())
                .filter(other -> other.setting().backend().equals(peer))
                .filter(other -> other.setting().threads() == row.setting().threads())
                .filter(other -> other.workload().equals(row.workload()))
                .findFirst()
                .map(other -> of(row, other))
                .orElse(null);
    }
}

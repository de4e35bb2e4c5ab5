package io.github.subquad.bench;

import io.github.subquad.MemoryBudget;
import io.github.subquad.reference.Verdict;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a person is shown of a row, in a table and in Markdown.
 *
 * @param title its heading
 * @param side where its cells are aligned
 * @param width characters that title and cells usually need
 * @param text the cell of a row
 */
record Column(String title, Side side, int width, Function<Row, String> text) {
    /** Words begin at the left, numbers end at the right. */
    enum Side {
        LEFT,
        RIGHT
    }

    private static final Column WORKLOAD =
            new Column("workload", Side.LEFT, 16, row -> row.workload().name());

    private static final List<Column> OTHERS =
            List.of(
                    new Column("dtype", Side.LEFT, 5, row -> row.workload().dataType().name()),
                    new Column("device", Side.LEFT, 11, row -> row.device().address()),
                    new Column(
                            "threads", Side.RIGHT, 7, row -> String.valueOf(row.plan().threads())),
                    new Column("time", Side.RIGHT, 8, Column::time),
                    new Column("spread", Side.RIGHT, 6, Column::spread),
                    new Column("kernels", Side.RIGHT, 8, row -> part(row, t -> t.steady().kernel())),
                    new Column("compile", Side.RIGHT, 8, row -> part(row, t -> t.first().compile())),
                    new Column("GFLOP/s", Side.RIGHT, 7, row -> Quantity.rate(row.gigaflops())),
                    new Column("GB/s", Side.RIGHT, 4, row -> Quantity.rate(row.gigabytes())),
                    new Column("planned", Side.RIGHT, 8, row -> bytes(row.plan().extraBytes())),
                    new Column("held", Side.RIGHT, 8, row -> bytes(row.peakBytes())),
                    new Column("verdict", Side.LEFT, 12, row -> verdict(row.verdict())));

    /** All columns, from left to right, with room for the names of these workloads. */
    static List<Column> forWorkloads(List<Workload> workloads) {
        int longest = workloads.stream().mapToInt(w -> w.name().length()).max().orElse(0);
        int width = Math.max(WORKLOAD.width, longest);
        return Stream.concat(
                        Stream.of(new Column(WORKLOAD.title, WORKLOAD.side, width, WORKLOAD.text)),
                        OTHERS.stream())
                .toList();
    }

    /** The text at its side of a cell of the column's width; wider text stays as it is. */
    String align(String cell) {
        String padding = " ".repeat(Math.max(0, width - cell.length()));
        return side == Side.LEFT ? cell + padding : padding + cell;
    }

    private static String bytes(long bytes) {
        return MemoryBudget.format(bytes);
    }

    private static String time(Row row) {
        Statistics time = row.time();
        return time == null ? Quantity.NONE : Quantity.duration(time.median());
    }

    private static String part(Row row, ToLongFunction<DeviceTimes> nanos) {
        DeviceTimes times = row.deviceTimes();
        return times == null ? Quantity.NONE : Quantity.duration(nanos.applyAsLong(times));
    }

    private static String spread(Row row) {
        Statistics time = row.time();
        return time == null ? Quantity.NONE : Quantity.spread(time.spread());
    }

    private static String verdict(Verdict verdict) {
        return verdict.ok()
                ? String.format(Locale.ROOT, "ok (%.1e)", verdict.relativeError())
                : "FAILED";
    }
}

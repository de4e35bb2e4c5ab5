package io.github.subquad.bench.compare;

import io.github.subquad.bench.Quantity;
import io.github.subquad.bench.Word;
import io.github.subquad.bench.table.Table;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** The rows of a file that was compared, as a person reads them. */
final class ComparisonTable {
    private static final List<Table.Column> COLUMNS =
            List.of(
                    new Table.Column("workload", Table.Side.LEFT),
                    new Table.Column("dtype", Table.Side.LEFT),
                    new Table.Column("setting", Table.Side.LEFT),
                    new Table.Column("base", Table.Side.RIGHT),
                    new Table.Column("time", Table.Side.RIGHT),
                    new Table.Column("ratio", Table.Side.RIGHT),
                    new Table.Column("95% interval", Table.Side.RIGHT),
                    new Table.Column("p", Table.Side.RIGHT),
                    new Table.Column("shown", Table.Side.LEFT));

    /** In place of a ratio that is not shown to differ from 1. */
    private static final String NOT_SHOWN = "~";

    private ComparisonTable() {}

    /** Of one file. */
    static Table of(ComparedFile file) {
        return new Table(COLUMNS, file.rows().stream().map(ComparisonTable::cells).toList());
    }

    private static List<String> cells(ComparedRow row) {
        TimeRatio ratio = row.ratio();
        List<String> cells = new ArrayList<>();
        cells.add(row.workload().label());
        cells.add(Word.of(row.workload().dataType()));
        cells.add(SettingText.of(row.baseSetting(), row.setting()));
        cells.add(duration(row.baseMedianNanos()));
        cells.add(duration(row.medianNanos()));
        cells.add(
                ratio == null
                        ? Quantity.NONE
                        : row.finding() == Finding.NOTHING
                                ? NOT_SHOWN
                                : Figure.ratio(ratio.estimate()));
        cells.add(
                ratio == null || ratio.low() == null || ratio.high() == null
                        ? Quantity.NONE
                        : Figure.ratio(ratio.low()) + "–" + Figure.ratio(ratio.high()));
        cells.add(row.correctedP() == null ? Quantity.NONE : Figure.probability(row.correctedP()));
        cells.add(row.finding() == Finding.NOT_COMPARED ? Quantity.NONE : Word.of(row.finding()));
        return cells;
    }

    private static String duration(@Nullable Double nanos) {
        return nanos == null ? Quantity.NONE : Quantity.duration(nanos);
    }
}

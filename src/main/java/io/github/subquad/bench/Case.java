package io.github.subquad.bench;

/**
 * What a row measures: its identity in files and comparisons.
 *
 * @param workload what is called
 * @param setting with what
 */
public record Case(Workload workload, Setting setting) {
    /** For a line of progress. */
    @Override
    public String toString() {
        return "%s, %s, %s, %d %s"
                .formatted(
                        workload.label(),
                        Word.of(workload.dataType()),
                        setting.address(),
                        setting.threads(),
                        setting.threads() == 1 ? "thread" : "threads");
    }
}

package io.github.subquad.bench;

/**
 * What was asked for and not measured.
 *
 * @param workload what would be called
 * @param setting with what
 * @param reason in a line
 * @param failed whether that is a failure: an engine that could and did not
 */
public record Skipped(Workload workload, Setting setting, String reason, boolean failed) {}

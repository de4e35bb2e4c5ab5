package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;

import picocli.CommandLine.Option;

/** What a backward pass is spared. */
final class CheckpointOptions {
    @Option(
            names = "--no-checkpoint",
            description = {
                "Keep weights of the forward pass for the backward pass, as far as --memory-budget"
                        + " goes (all, where it is not given), rather than compute them again.",
            })
    private boolean noCheckpoint;

    boolean isOff() {
        return noCheckpoint;
    }

    AttentionOptions.Builder setOn(AttentionOptions.Builder options) {
        return options.useCheckpoint(!noCheckpoint);
    }
}

package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a command is to differentiate too. */
final class GradientsOptions {
    @Option(
            names = "--gradients",
            description = "A forward and a backward pass, rather than attention alone.")
    private boolean gradients;

    @Mixin private final CheckpointOptions checkpoint = new CheckpointOptions();

    boolean wanted() {
        if (!gradients && checkpoint.isOff()) {
            throw new UsageException("--no-checkpoint: goes with --gradients");
        }
        return gradients;
    }

    AttentionOptions.Builder setOn(AttentionOptions.Builder options) {
        return checkpoint.setOn(options);
    }
}

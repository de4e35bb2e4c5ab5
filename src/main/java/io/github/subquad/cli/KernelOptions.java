package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** In what form to compute. */
final class KernelOptions {
    @Option(
            names = "--kernel",
            paramLabel = "FORM",
            converter = Words.OfKernel.class,
            completionCandidates = Words.OfKernel.class,
            description = {
                "Form of evaluation: ${COMPLETION-CANDIDATES} (default: auto). Staged is the"
                        + " paper's algorithm chunk by chunk, fused does all in one pass.",
            })
    private Kernel kernel = Kernel.AUTO;

    @Option(
            names = "--kernel-step",
            paramLabel = "N",
            description = {
                "On a device: step on the ladder of kernels. 1 is the plain staged form, 2 staged"
                    + " in tiles, 3 fused for processors, 4 fused for GPUs (default: by --kernel"
                    + " and device).",
            })
    private @Nullable Integer kernelStep;

    @Option(
            names = "--merge",
            paramLabel = "WHERE",
            converter = Words.OfMerge.class,
            completionCandidates = Words.OfMerge.class,
            description = {
                "On a device, staged: where chunks are merged, ${COMPLETION-CANDIDATES} (default:"
                        + " device).",
            })
    private Merge merge = Merge.DEVICE;

    @Option(
            names = "--no-self-check",
            description =
                    "On a device: do not compare some rows with float64 on the first use of a"
                            + " kernel.")
    private boolean noSelfCheck;

    AttentionOptions.Builder setOn(AttentionOptions.Builder options) {
        return options.kernel(kernel).kernelStep(kernelStep).merge(merge).selfCheck(!noSelfCheck);
    }
}

package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Backends;
import io.github.subquad.KernelSource;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;

/** The text that TornadoVM makes of the kernels, for those who want to read it. */
@Command(
        name = "kernels",
        header = "Print the device code of the kernels.",
        description = {
            "The OpenCL C, PTX or CUDA that becomes of the Java kernels for a device, a shape and a"
                    + " form of evaluation, with sizes and compile times. With --virtual no device"
                    + " is needed. The shape is 8,4096,4096,64 unless another is given.",
        },
        footer = {
            "  subquad kernels --shape 8,4096,4096,64",
            "  subquad kernels --kernel staged --name tiledScores",
            "  subquad kernels --virtual --device 1:0 --arch sm_90 --quiet",
        })
final class KernelsCommand implements Callable<Integer> {
    private static final String VIRTUAL = "subquad.tornado.virtual";

    /** Named in the help. */
    private static final AttentionShape DEFAULT_SHAPE = AttentionShape.of(8, 4096, 4096, 64);

    @Mixin private final ShapeOptions shape = new ShapeOptions();
    @Mixin private final KernelOptions kernelOptions = new KernelOptions();

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "tornado",
            description = "One that 'subquad devices' lists (default: ${DEFAULT-VALUE}).")
    private String backend = "tornado";

    @Option(
            names = "--device",
            paramLabel = "ID",
            description = "Id or part of the name of one of its devices (default: the first).")
    private @Nullable String device;

    @Option(names = "--mask", description = "The kernels of calls with a mask.")
    private boolean masked;

    @Option(
            names = "--name",
            paramLabel = "TEXT",
            description = "Only kernels whose name has this part.")
    private String name = "";

    @Option(
            names = "--virtual",
            description = {
                "On a made-up GPU of each of TornadoVM's backends, which compiles and computes"
                        + " nothing.",
            })
    private boolean virtual;

    @Option(
            names = "--arch",
            paramLabel = "SM_NN",
            description = {
                "Compile CUDA text with nvcc for this architecture, and tell registers, spills and"
                        + " shared memory.",
            })
    private @Nullable String arch;

    @Option(names = "--quiet", description = "Print the sizes and times, not the text.")
    private boolean quiet;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (virtual) {
            System.setProperty(VIRTUAL, "true"); // read when TornadoVM starts
        }
        List<KernelSource> sources = sources();
        PrintWriter out = spec.commandLine().getOut();
        for (KernelSource source : sources) {
            out.println(describe(source));
            if (arch != null) {
                out.println("   " + Nvcc.compile(source, arch));
            }
            if (!quiet) {
                out.println();
                out.println(source.text().strip());
                out.println();
            }
        }
        return 0;
    }

    private List<KernelSource> sources() {
        try {
            var options =
                    kernelOptions
                            .setOn(AttentionOptions.builder())
                            .backend(backend)
                            .device(device)
                            .build();
            var all =
                    Backends.kernelSources(
                            options, shape.given() ? shape.parse() : DEFAULT_SHAPE, masked);
            var named = all.stream().filter(source -> source.name().contains(name)).toList();
            if (named.isEmpty()) {
                throw new UsageException(
                        all.isEmpty()
                                ? "--backend: '%s' compiles no kernels".formatted(backend)
                                : "--name: expected a part of one of %s, got '%s'"
                                        .formatted(
                                                all.stream().map(KernelSource::name).toList(),
                                                name));
            }
            return named;
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }

    private static String describe(KernelSource source) {
        return "// %s: %s, %d lines, %d characters; made in %.0f ms, compiled in %.0f ms"
                .formatted(
                        source.name(),
                        source.language(),
                        source.text().lines().count(),
                        source.text().length(),
                        source.frontNanos() / 1e6,
                        source.driverNanos() / 1e6);
    }
}

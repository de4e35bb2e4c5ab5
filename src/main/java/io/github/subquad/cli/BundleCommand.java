package io.github.subquad.cli;

import io.github.subquad.MemoryBudget;
import io.github.subquad.io.AtomicFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Everything that another machine needs, in one file. */
@Command(
        name = "bundle",
        header = "Pack SubQuad, TornadoVM and a Java runtime for a machine without network.",
        description = {
            "The archive unpacks to a folder that runs from anywhere, on the same operating system"
                    + " and processor family. The driver of its GPU is all that the machine needs.",
        },
        footer = {
            "  subquad bundle --output subquad-bundle.tar.xz",
            "  tar xf subquad-bundle.tar.xz && subquad-bundle/bin/subquad devices",
        })
final class BundleCommand implements Callable<Integer> {
    private static final String SUFFIX = ".tar.xz";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            required = true,
            description = "Where the archive goes, such as subquad-bundle.tar.xz.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path output;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!output.toString().endsWith(SUFFIX)) {
            throw new UsageException(
                    "--output: expected a name that ends in %s, got '%s'"
                            .formatted(SUFFIX, output));
        }
        AtomicFile.check(output);
        Installation installation = Installation.running();
        List<PackedFile> files = new ArrayList<>(installation.files());
        try (var runtime = LinkedRuntime.link(installation.jdk())) {
            files.addAll(runtime.files());
            AtomicFile.write(output, channel -> TarXz.write(files, channel));
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %s, %d files with Java %s and TornadoVM %s%n",
                        output,
                        MemoryBudget.format(Files.size(output)),
                        files.size(),
                        Runtime.version(),
                        installation.tornadoVersion());
        return 0;
    }
}

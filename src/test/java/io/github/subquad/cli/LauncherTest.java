package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.io.Cases;
import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whole processes, started as a user starts them. */
@Tag("launcher")
class LauncherTest {
    private static final Path LAUNCHER = Path.of("bin", "subquad").toAbsolutePath();

    /** Exit status of a process that SIGTERM ended. */
    private static final int TERMINATED = 128 + 15;

    @TempDir private Path directory;

    @BeforeAll
    static void isThere() {
        boolean shell = Files.isExecutable(Path.of("/bin/sh"));
        if (!shell) {
            System.out.println("not tested: bin/subquad: there is no /bin/sh");
        }
        assumeTrue(shell, "bin/subquad needs /bin/sh");
    }

    @Test
    void tellsItsVersionAndNothingElse() throws Exception {
        Run run = subquad("--version");
        assertThat(run.succeeds().out()).matches("subquad \\d.*\\RJava .*\\R");
    }

    @Test
    void attendsFilesOfTheFolderItIsStartedIn() throws Exception {
        Files.copy(Cases.golden("ragged_query_and_key"), directory.resolve("in.safetensors"));
        Run run = subquad("attend", "--input", "in.safetensors", "--output", "out.safetensors");
        assertThat(run.succeeds().out()).startsWith("out.safetensors: F32 [3, 77, 40] by ");
        Path output = directory.resolve("out.safetensors");
        Tensors.assertClose(
                Tensors.read(output, "output"),
                Tensors.read(Cases.golden("ragged_query_and_key"), "output"),
                1e-6);
    }

    @Test
    void listsTheProcessorAndWhatBecameOfTornadoVm() throws Exception {
        assertThat(subquad("devices").succeeds().out())
                .containsPattern("cpu:0 +usable")
                .containsPattern("(?m)^tornadovm +\\S");
    }

    @Test
    void aWrongCommandLineIsOneLineAndStatus2() throws Exception {
        assertThat(subquad("attend", "--inptu", "x"))
                .isEqualTo(new Run(2, "", "subquad: unknown option '--inptu'; is it --input?\n"));
    }

    @Test
    void aFailureIsOneLineAndStatus1() throws Exception {
        assertThat(subquad("attend", "--input", "no file", "--output", "out.safetensors"))
                .isEqualTo(new Run(1, "", "subquad: no file: no such file\n"));
    }

    @Test
    void withoutTornadoVmThereIsNoBundle() throws Exception {
        assumeTrue(System.getenv("TORNADOVM_HOME") == null, "there is a TornadoVM");
        assertThat(subquad("bundle", "--output", "b.tar.xz"))
                .isEqualTo(
                        new Run(
                                1,
                                "",
                                "subquad: bundle: needs TornadoVM: switched off by SUBQUAD_TORNADO;"
                                        + " docs/devices.md tells how to install one\n"));
        assertThat(files()).containsExactly("stderr");
    }

    /** The log of loaded classes tells when the computation has begun; it would take minutes. */
    @Test
    void killedAtWorkItLeavesNothing() throws Exception {
        Path input = directory.resolve("in.safetensors");
        var tensor = Tensors.random(1, DataType.F32, 1, 40_000, 8);
        Tensors.write(input, tensor, tensor, tensor);
        ProcessBuilder builder =
                builder(
                        "attend --backend reference --input in.safetensors --output out.safetensors"
                                .split(" "));
        builder.environment().put("SUBQUAD_JAVA_OPTS", "-Xlog:class+load:stdout");
        Process process = builder.start();
        try (var log = process.inputReader(UTF_8)) {
            assertThat(log.lines().anyMatch(line -> line.contains("ReferenceRow "))).isTrue();
            // Not by the process's own destroy, which would close its output first.
            process.toHandle().destroy();
            log.lines().forEach(line -> {});
        }
        assertThat(process.waitFor()).isEqualTo(TERMINATED);
        assertThat(Files.readString(directory.resolve("stderr")))
                .isEqualTo("subquad: interrupted\n");
        assertThat(files()).containsExactlyInAnyOrder("in.safetensors", "stderr");
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private Run subquad(String... words) throws Exception {
        Process process = builder(words).start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        int status = process.waitFor();
        Path err = directory.resolve("stderr");
        return new Run(status, out, Files.readString(err));
    }

    private ProcessBuilder builder(String... words) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        if (System.getenv("TORNADOVM_HOME") == null) {
            builder.environment().put("SUBQUAD_TORNADO", "off"); // the build under test
        }
        return builder.directory(directory.toFile())
                .redirectError(directory.resolve("stderr").toFile());
    }
}

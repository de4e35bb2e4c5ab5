package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.io.Cases;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/** The launcher and the documented commands where there is a TornadoVM; whole processes. */
@Tag("device")
class DeviceLauncherTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final String LAUNCHER = PROJECT.resolve("bin/subquad").toString();
    private static final Path SDK = Path.of(System.getenv("TORNADOVM_HOME")).toAbsolutePath();

    private static final long LARGEST_BUNDLE = 40 << 20;

    @TempDir private Path directory;

    @Test
    void listsDevicesAndWhereTornadoVmIs() throws Exception {
        assertThat(run(Map.of(), LAUNCHER, "devices").succeeds().out())
                .containsPattern("(?m)^tornado:0:0 +usable")
                .containsPattern("(?m)^tornadovm +TornadoVM .* in \\Q%s\\E$".formatted(SDK));
    }

    @Test
    void attendsOnADevice() throws Exception {
        Files.copy(Cases.golden("ragged_query_and_key"), directory.resolve("in.safetensors"));
        run(
                        Map.of(),
                        LAUNCHER,
                        "attend",
                        "--backend",
                        "tornado",
                        "--input",
                        "in.safetensors",
                        "--output",
                        "out.safetensors")
                .succeeds();
        Tensors.assertClose(
                Tensors.read(directory.resolve("out.safetensors"), "output"),
                Tensors.read(Cases.golden("ragged_query_and_key"), "output"),
                2e-6);
    }

    @Test
    void aDriverThatIsLeftOutIsListedWithItsReason() throws Exception {
        var none = Map.of("SUBQUAD_TORNADO", "none");
        assertThat(run(none, LAUNCHER, "devices").succeeds().out())
                .containsPattern("(?m)^cpu:0 +usable")
                .containsPattern("(?m)^tornado:[a-z]+ +not usable")
                .contains("SUBQUAD_TORNADO=none leaves it out")
                .doesNotContain("tornado:0:0");
    }

    @Test
    void aDriverWithoutItsLibraryDoesNotHideTheOthers() throws Exception {
        Path copy = Files.createDirectory(directory.resolve("an SDK's copy"));
        for (String part : new String[] {"etc", "lib"}) {
            Files.createSymbolicLink(copy.resolve(part), SDK.resolve(part));
        }
        Path modules = Files.createDirectories(copy.resolve("share/java/tornado"));
        Files.createSymbolicLink(
                copy.resolve("share/java/graalJars"), SDK.resolve("share/java/graalJars"));
        try (var jars = Files.list(SDK.resolve("share/java/tornado"))) {
            for (Path jar : jars.toList()) {
                Files.createSymbolicLink(modules.resolve(jar.getFileName()), jar);
            }
        }
        Files.createFile(modules.resolve("tornado-drivers-abacus-1.jar"));
        String start =
                """
                eval "set -- $('%1$s/bin/tornado-options' "$TORNADOVM_HOME")"
                java "$@" -cp '%1$s/target/tornado/*:%1$s/target/tornado/lib/*' \
                    io.github.subquad.cli.Main devices 2> /dev/null
                """
                        .formatted(PROJECT);
        Run run = run(Map.of("TORNADOVM_HOME", copy.toString()), "/bin/sh", "-ec", start);
        assertThat(run.succeeds().out())
                .containsPattern("(?m)^tornado:0:0 +usable")
                .containsPattern("(?m)^tornado:abacus +not usable")
                .contains("this SDK has no libtornado-abacus.so");
    }

    @Test
    void theDocumentedProgramRunsFromAnyFolder() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("somebody's own program"));
        String name = "DeviceAttention.java";
        Files.copy(PROJECT.resolve("src/tornado/example/" + name), folder.resolve(name));
        String commands = Documented.commands(PROJECT.resolve("docs/devices.md"), name);
        String there = "cd '%s'\n".formatted(folder.toString().replace("'", "'\\''"));
        Run run =
                run(
                        Map.of("SUBQUAD", PROJECT.toString()),
                        "/bin/sh",
                        "-ec",
                        there + commands.replaceFirst("(?m)^SUBQUAD=.*$", ""));
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("device: ").contains("mean of 0 to 1023: 511.5");
    }

    @Test
    void aBundleRunsAnywhereWithAnEmptyEnvironment() throws Exception {
        run(Map.of(), LAUNCHER, "bundle", "--output", "b.tar.xz").succeeds();
        Path archive = directory.resolve("b.tar.xz");
        assertThat(Files.size(archive)).isLessThan(LARGEST_BUNDLE);
        Path elsewhere = Files.createDirectory(directory.resolve("somewhere else"));
        String unpack = "tar xf b.tar.xz -C '%s' && rm b.tar.xz".formatted(elsewhere);
        run(Map.of(), "/bin/sh", "-c", unpack).succeeds();
        Path launcher = elsewhere.resolve("subquad-bundle/bin/subquad");
        String[] empty = {"/usr/bin/env", "-i", "PATH=/usr/bin:/bin", launcher.toString()};
        assertThat(run(Map.of(), with(empty, "devices")).succeeds().out())
                .containsPattern("(?m)^tornado:0:0 +usable")
                .containsPattern("(?m)^tornadovm .*/subquad-bundle/tornadovm$");
        String call = "verify --shape 2,100,77,40 --backend tornado";
        assertThat(run(Map.of(), with(empty, call.split(" "))).succeeds().out()).contains("ok");
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
    }

    private Run run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path err = directory.resolve("stderr");
        var builder =
                new ProcessBuilder(Arrays.asList(command))
                        .directory(directory.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(environment);
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        builder.environment().merge("PATH", java, (path, folder) -> folder + ":" + path);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Run(process.waitFor(), out, Files.readString(err, UTF_8));
    }
}

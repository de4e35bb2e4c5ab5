package io.github.subquad.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** On counters that the test writes and on a tool that it makes: the sums, not the machine. */
@Timeout(30)
class EnergyMeterTest {
    private static final List<String> NO_TOOL = List.of("subquad-no-such-tool");
    private static final long RANGE = 262_143_328_850L;

    @TempDir private Path root;

    private final AtomicLong now = new AtomicLong();

    private EnergyMeter open(Path powercap, List<String> tool) {
        return EnergyMeter.open(powercap, true, tool, now::get);
    }

    private Path domain(int index, String name, long microjoules) throws IOException {
        Path folder = Files.createDirectories(root.resolve("intel-rapl:" + index));
        Files.writeString(folder.resolve("name"), name + "\n");
        Files.writeString(folder.resolve("max_energy_range_uj"), RANGE + "\n");
        count(folder, microjoules);
        return folder;
    }

    private static void count(Path domain, long microjoules) throws IOException {
        Files.writeString(domain.resolve("energy_uj"), microjoules + "\n");
    }

    private Path tool(String text) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell");
        Path tool = Files.writeString(root.resolve("tool"), "#!/bin/sh\n" + text);
        return Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void packagesAreAddedUpAndOtherDomainsAreNot() throws IOException {
        Path first = domain(0, "package-0", 5_000_000);
        Path second = domain(1, "package-1", 7);
        Path whole = domain(2, "psys", 0);
        Path core = Files.createDirectories(root.resolve("intel-rapl:0:0"));
        Files.writeString(core.resolve("name"), "core\n");
        try (var meter = open(root, NO_TOOL)) {
            assertThat(meter.source()).isEqualTo("RAPL package 0+1");
            assertThat(meter.reason()).isEqualTo("not readable here: nvidia-smi is not there");
            var span = meter.start();
            assertThat(span.stop()).hasValue(0);
            count(first, 6_500_000);
            count(second, 1_000_007);
            count(whole, 99_000_000);
            assertThat(span.stop()).hasValue(2.5);
            assertThat(meter.start().stop()).hasValue(0);
        }
    }

    @Test
    void aCounterThatBeginsAnewIsGoneOnWith() throws IOException {
        Path domain = domain(0, "package-0", RANGE - 1_000_000);
        try (var meter = open(root, NO_TOOL)) {
            var span = meter.start();
            count(domain, 2_000_000);
            assertThat(span.stop()).hasValue(3);
            count(domain, 1_000_000);
            assertThat(span.stop()).hasValue(3 + RANGE / 1e6 - 1);
        }
    }

    @Test
    void aCounterThatIsGoneGivesNoNumber() throws IOException {
        Path domain = domain(0, "package-0", 1);
        try (var meter = open(root, NO_TOOL)) {
            var span = meter.start();
            Files.writeString(domain.resolve("energy_uj"), "gone");
            assertThat(span.stop()).isEmpty();
            Files.delete(domain.resolve("energy_uj"));
            assertThat(span.stop()).isEmpty();
            assertThat(meter.start().stop()).isEmpty();
        }
    }

    @Test
    void aMachineWithoutCountersSaysWhy() {
        try (var meter = open(root.resolve("powercap"), NO_TOOL)) {
            assertThat(meter.source()).isNull();
            assertThat(meter.reason())
                    .isEqualTo(
                            "not readable here: the system has no powercap; nvidia-smi is not"
                                    + " there");
            assertThat(meter.start().stop()).isEmpty();
        }
    }

    @Test
    void aFolderWithoutPackagesSaysSo() {
        try (var meter = open(root, NO_TOOL)) {
            assertThat(meter.reason()).contains("no RAPL counter of a package");
        }
    }

    @Test
    void aCounterThatMayNotBeReadSaysSo() throws IOException {
        Path counter = domain(0, "package-0", 1).resolve("energy_uj");
        Files.setPosixFilePermissions(counter, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(counter), "needs a user who is not root");
        try (var meter = open(root, NO_TOOL)) {
            assertThat(meter.reason()).contains("may not be read by this user");
        }
    }

    @Test
    void powerOverTimeIsEnergy() {
        var meter = new NvidiaCounter.Meter(1_000_000_000);
        meter.draw(100, 1_000_000_000);
        assertThat(meter.joules(1_500_000_000)).isEqualTo(50);
        meter.draw(300, 2_000_000_000);
        assertThat(meter.joules(2_100_000_000)).isEqualTo(130);
    }

    @Test
    void powersOfAllGpusAreAddedUp() {
        var counter = new NvidiaCounter(() -> {}, now::get);
        List.of("0, 250.5", "1, [N/A]", "2, 49.5", "3, -1", "4").forEach(counter::note);
        assertThat(counter.name()).isEqualTo("NVIDIA GPU 0+2");
        now.set(2_000_000_000);
        assertThat(counter.joules()).hasValue(600);
        counter.note("0, 100");
        now.set(3_000_000_000L);
        assertThat(counter.joules()).hasValue(749.5);
    }

    @Test
    void whatAToolTellsIsAddedToThePackages() throws IOException {
        Path domain = domain(0, "package-0", 0);
        Path tool = tool("echo '0, [N/A]'\necho '1, 250.5'\nexec sleep 20\n");
        try (var meter = open(root, List.of(tool.toString()))) {
            assertThat(meter.source()).isEqualTo("RAPL package 0, NVIDIA GPU 1");
            assertThat(meter.reason()).isNull();
            var span = meter.start();
            now.set(2_000_000_000);
            count(domain, 1_500_000);
            assertThat(span.stop()).hasValue(502.5);
        }
    }

    @Test
    void aToolThatHasEndedGivesNoNumber() {
        var counter = new NvidiaCounter(() -> {}, now::get);
        counter.note("0, 250.5");
        assertThat(counter.joules()).hasValue(0);
        counter.listen(new BufferedReader(new StringReader("0, 250.5\n")));
        assertThat(counter.joules()).isEmpty();
    }

    @Test
    void gpusAreNotAskedUnlessOneWantsIt() throws IOException {
        domain(0, "package-0", 0);
        Path tool = tool("[ \"$*\" = --list-gpus ]\n");
        List<String> command = List.of(tool.toString(), "--loop-ms=100");
        try (var meter = EnergyMeter.open(root, false, command, now::get)) {
            assertThat(meter.source()).isEqualTo("RAPL package 0");
            assertThat(meter.reason()).isEqualTo("of GPUs with --gpu-energy");
        }
        try (var meter = EnergyMeter.open(root.resolve("powercap"), false, command, now::get)) {
            assertThat(meter.reason())
                    .isEqualTo(
                            "not readable here: the system has no powercap; of GPUs with"
                                    + " --gpu-energy");
        }
        try (var meter = EnergyMeter.open(root, false, NO_TOOL, now::get)) {
            assertThat(meter.reason()).isNull();
        }
    }

    @Test
    void aToolThatTellsNoPowerIsNone() throws IOException {
        Path tool = tool("echo '0, [N/A]'\necho 'No devices were found'\n");
        try (var meter = open(root.resolve("none"), List.of(tool.toString()))) {
            assertThat(meter.source()).isNull();
            assertThat(meter.reason()).endsWith("nvidia-smi tells no power");
        }
    }

    @Test
    void thisMachineIsReadOrSaysWhyNot() {
        try (var meter = EnergyMeter.open()) {
            assertThat(meter.source() == null).isEqualTo(meter.start().stop().isEmpty());
            if (meter.source() == null) {
                assertThat(meter.reason()).startsWith("not readable here: ");
            }
        }
    }
}

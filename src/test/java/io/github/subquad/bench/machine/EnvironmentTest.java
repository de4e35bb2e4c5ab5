package io.github.subquad.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Texts of real machines, and this one. */
class EnvironmentTest {
    private static final Gpu H100 =
            new Gpu("NVIDIA H100 80GB HBM3", "570.86.15", 1980.0, 2619.0, 118.57, 34.0, 700.0);

    private static final Environment SERVER =
            new Environment(
                    "INTEL(R) XEON(R) PLATINUM 8581C",
                    List.of("avx2", "avx512f", "fma"),
                    512,
                    8,
                    16,
                    137_438_953_472L,
                    272_629_760L,
                    "amd64",
                    "Debian GNU/Linux 12 (bookworm), Linux 6.1.0",
                    "Java 25.0.3+9-LTS, Eclipse Adoptium",
                    List.of("--add-modules=jdk.incubator.vector", "-Xmx8g"),
                    "5.2.0-jdk25",
                    0.25,
                    "performance",
                    3100.0,
                    41.5,
                    "26bc8c5a5e0d0c6f6a1b1c5f8f5ad1f6d9e0b7a1",
                    false,
                    List.of(H100));

    @Test
    void vectorInstructionsAreFoundOnThreeSystems() {
        assertThat(
                        Hardware.vectorFlags(
                                List.of(
                                        "flags\t\t: fpu sse sse2 ssse3 fma cx16 sse4_1 sse4_2"
                                                + " avx f16c rdrand avx2 avx512f avx512_bf16"
                                                + " amx_tile amx_int8")))
                .containsExactly(
                        "amx_int8",
                        "amx_tile",
                        "avx",
                        "avx2",
                        "avx512_bf16",
                        "avx512f",
                        "f16c",
                        "fma",
                        "sse4_1",
                        "sse4_2");
        assertThat(
                        Hardware.vectorFlags(
                                List.of("Features\t: fp asimd evtstrm aes asimdhp sve sve2 i8mm")))
                .containsExactly("asimd", "asimdhp", "sve", "sve2");
        assertThat(
                        Hardware.vectorFlags(
                                List.of("PF_AVX2_INSTRUCTIONS_AVAILABLE", "PF_FASTFAIL_AVAILABLE")))
                .containsExactly("avx2");
        assertThat(Hardware.vectorFlags(List.of("hw.optional.neon: 1", "hw.optional.avx512f: 0")))
                .containsExactly("neon");
    }

    @Test
    void theLastCacheIsFoundInLinuxsFiles(@TempDir Path folder) throws IOException {
        var processor = new LinuxProcessor(folder);
        assertThat(processor.lastLevelCache()).isEmpty();
        assertThat(processor.governor()).isEmpty();
        String[][] caches = {{"1", "32K"}, {"1", "32K"}, {"3", "260M"}, {"2", "1024K"}};
        for (int i = 0; i < caches.length; i++) {
            Path cache = Files.createDirectories(folder.resolve("cache/index" + i));
            Files.writeString(cache.resolve("level"), caches[i][0] + "\n");
            Files.writeString(cache.resolve("size"), caches[i][1] + "\n");
        }
        assertThat(processor.lastLevelCache()).hasValue(272_629_760L);
        Files.writeString(folder.resolve("cache/index2/size"), "much\n");
        assertThat(processor.lastLevelCache()).as("not the second").isEmpty();
        Files.createDirectories(folder.resolve("cpufreq"));
        Files.writeString(folder.resolve("cpufreq/scaling_governor"), "performance\n");
        assertThat(processor.governor()).hasValue("performance");
    }

    @Test
    void gpusAreReadFromTheDriversTool() {
        assertThat(
                        Gpu.parse(
                                """
                                NVIDIA H100 80GB HBM3, 570.86.15, 1980, 2619, 118.57, 34, 700.00
                                Tesla K80, 470.57.02, 324, [N/A], [Not Supported], 29, [N/A]
                                """))
                .containsExactly(
                        H100, new Gpu("Tesla K80", "470.57.02", 324.0, null, null, 29.0, null));
        assertThat(Gpu.parse("No devices were found\n")).isEmpty();
    }

    @Test
    void optionsWithAPathOrTheUsersNameAreNotTold() {
        assertThat(
                        JavaOptions.telling(
                                List.of(
                                        "-Xmx8g",
                                        "--add-modules=jdk.incubator.vector",
                                        "-Dsubquad.lanes=256",
                                        "-Dsubquad.home=C:\\work",
                                        "-Dsubquad.tornado=no TornadoVM",
                                        "-Dsubquad.stderr=9",
                                        "-Dtornado.load.api.implementation=a.B",
                                        "-Djava.library.path=/opt/lib",
                                        "-Downer=ann",
                                        "-XX:Planner=5",
                                        "--add-reads=a=b",
                                        "-Xmx8g"),
                                "ann"))
                .containsExactly(
                        "-Xmx8g",
                        "--add-modules=jdk.incubator.vector",
                        "-Dsubquad.lanes=256",
                        "-XX:Planner=5");
    }

    @Test
    void tornadoVmIsKnownByItsVersionAlone() {
        assertThat(Environment.tornadoVersion("TornadoVM 5.2.0-jdk25 in /opt/tornado vm"))
                .isEqualTo("5.2.0-jdk25");
        assertThat(Environment.tornadoVersion("no TornadoVM in /opt/tornado")).isNull();
        assertThat(Environment.tornadoVersion("")).isNull();
    }

    @Test
    void theSameMachineAtAnotherHourDoesNotDiffer() {
        assertThat(SERVER.differences(SERVER)).isEmpty();
        var later =
                new Environment(
                        SERVER.processor(),
                        SERVER.processorFlags(),
                        SERVER.laneBits(),
                        SERVER.cores(),
                        SERVER.threads(),
                        SERVER.memoryBytes() - (4 << 20),
                        SERVER.lastLevelCacheBytes(),
                        SERVER.architecture(),
                        SERVER.operatingSystem(),
                        SERVER.javaMachine(),
                        SERVER.javaOptions(),
                        SERVER.tornadovm(),
                        9.0,
                        SERVER.governor(),
                        2400.0,
                        80.0,
                        SERVER.commit(),
                        SERVER.dirty(),
                        List.of(new Gpu(H100.name(), "570.86.15", 345.0, null, 60.0, 30.0, 700.0)));
        assertThat(SERVER.differences(later)).isEmpty();
    }

    @Test
    void whatDiffersIsToldInALineEach() {
        var other =
                new Environment(
                        "AMD EPYC",
                        List.of("avx2", "fma"),
                        256,
                        8,
                        8,
                        SERVER.memoryBytes() / 2,
                        null,
                        "amd64",
                        SERVER.operatingSystem(),
                        "Java 26, Eclipse Adoptium",
                        List.of("--add-modules=jdk.incubator.vector", "-Xmx4g"),
                        null,
                        null,
                        null,
                        null,
                        null,
                        SERVER.commit(),
                        true,
                        List.of());
        assertThat(SERVER.differences(other))
                .containsExactly(
                        "processor: INTEL(R) XEON(R) PLATINUM 8581C, there AMD EPYC",
                        "processor flags: only here avx512f",
                        "lane bits: 512, there 256",
                        "threads: 16, there 8",
                        "memory: 128 GiB, there 64 GiB",
                        "last-level cache: 272629760, there not known",
                        "Java machine: Java 25.0.3+9-LTS, Eclipse Adoptium, there Java 26, Eclipse"
                                + " Adoptium",
                        "Java options: only here -Xmx8g",
                        "Java options: only there -Xmx4g",
                        "TornadoVM: 5.2.0-jdk25, there not known",
                        "governor: performance, there not known",
                        "uncommitted changes: no, there yes",
                        "GPUs: only here NVIDIA H100 80GB HBM3, driver 570.86.15");
    }

    @Test
    void thisMachineIsReadAndNamesNoFolder() {
        var here = Environment.read();
        assertThat(here.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(here.javaMachine()).contains(Runtime.version().toString());
        assertThat(here.processor()).isNotBlank();
        assertThat(here.toString()).doesNotContain(System.getProperty("user.dir"));
        assertThat(here.differences(Environment.read())).isEmpty();
    }

    @Test
    void whatIsWrittenAsJsonIsReadBackTheSame() {
        var json =
                JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .build();
        String text = json.writeValueAsString(SERVER);
        JsonNode node = json.readTree(text);
        assertThat(node.at("/last_level_cache_bytes").asLong()).isEqualTo(272_629_760L);
        assertThat(node.at("/gpus/0/driver_version").asString()).isEqualTo("570.86.15");
        assertThat(json.readValue(text, Environment.class)).isEqualTo(SERVER);
    }

    @Test
    void aCheckoutTellsItsCommitAndWhetherItsSourcesChanged(@TempDir Path home) throws IOException {
        assumeTrue(Tool.ask(List.of("git", "--version")) != null, "needs git");
        assertThat(Checkout.of(null)).isNull();
        assertThat(Checkout.of(home.toString())).as("no checkout").isNull();
        git(home, "init", "-q");
        Path source = Files.createDirectory(home.resolve("src")).resolve("A.java");
        Files.writeString(source, "class A {}");
        git(home, "add", "src");
        git(home, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "first");
        Checkout clean = Objects.requireNonNull(Checkout.of(home.toString()));
        assertThat(clean.commit()).matches("[0-9a-f]{40,64}");
        assertThat(clean.dirty()).isFalse();
        Files.writeString(home.resolve("result.json"), "{}");
        assertThat(Checkout.of(home.toString())).as("a result is no source").isEqualTo(clean);
        assertThat(Checkout.of(home.resolve("src").toString())).as("not the root").isNull();
        Files.writeString(source, "class A { }");
        var dirty = new Checkout(clean.commit(), true);
        assertThat(Checkout.of(home.toString())).isEqualTo(dirty);
        Files.writeString(source, "class A {}");
        for (String file : List.of("pom.xml", "bench/pom.xml", "bench/src/B.java", "bin/subquad")) {
            Path added = home.resolve(file);
            Files.createDirectories(added.resolveSibling(""));
            Files.writeString(added, "new");
            assertThat(Checkout.of(home.toString())).as(file).isEqualTo(dirty);
            Files.delete(added);
        }
        assertThat(Checkout.of(home.toString())).as("as it was").isEqualTo(clean);
    }

    private static void git(Path home, String... words) {
        List<String> command = new ArrayList<>(List.of("git", "-C", home.toString()));
        command.addAll(List.of(words));
        assertThat(Tool.ask(command)).as(command.toString()).isNotNull();
    }

    @Test
    void aToolThatIsNotThereOrFailsHasNoAnswer() {
        assertThat(Tool.ask(List.of("subquad-no-such-tool"))).isNull();
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell");
        assertThat(Tool.ask(List.of("/bin/sh", "-c", "echo yes"))).isEqualTo("yes\n");
        assertThat(Tool.ask(List.of("/bin/sh", "-c", "echo yes; exit 3"))).isNull();
    }
}

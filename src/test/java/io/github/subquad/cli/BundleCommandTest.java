package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class BundleCommandTest {
    @TempDir private Path folder;

    @Test
    void anOutputIsRequired() {
        assertFails(2, "Missing required option: '--output=FILE'", Run.of("bundle"));
    }

    @Test
    void anotherSuffixIsRefused() {
        assertFails(
                2,
                "--output: expected a name that ends in .tar.xz, got 'bundle.zip'",
                Run.of("bundle", "--output", "bundle.zip"));
    }

    @Test
    void aFolderThatIsNotThereIsToldBeforeTheWork() {
        Path nowhere = folder.resolve("nowhere");
        Path output = nowhere.resolve("b.tar.xz");
        assertFails(
                1,
                output + ": there is no directory " + nowhere,
                Run.of("bundle", "--output", output));
    }

    @Test
    void aFolderIsNoFile() throws IOException {
        Path output = Files.createDirectory(folder.resolve("b.tar.xz"));
        assertFails(
                1,
                output + ": expected a file to write, got a directory",
                Run.of("bundle", "--output", output));
    }

    @Test
    void withoutTheLauncherThereIsNothingToPack() throws IOException {
        assertFails(
                1,
                "bundle: the launcher is one of its parts; start this with bin/subquad",
                Run.of("bundle", "--output", folder.resolve("b.tar.xz")));
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void anArchiveHoldsWhatWentInAndWhatIsAProgram() throws IOException {
        Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path empty = Files.writeString(folder.resolve("empty"), "");
        String longName = "a".repeat(99) + "/" + "b".repeat(99) + "/ü";
        Path archive = folder.resolve("a.tar.xz");
        List<PackedFile> files =
                List.of(PackedFile.in("bin", program), new PackedFile(empty, longName));
        try (var channel =
                FileChannel.open(archive, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            TarXz.write(files, channel);
            assertThat(channel.isOpen()).isTrue();
        }
        assertThat(read(archive))
                .isEqualTo(
                        Map.of(
                                "subquad-bundle/bin/program",
                                "755 #!/bin/sh\n",
                                "subquad-bundle/" + longName,
                                "644 "));
    }

    private static Map<String, String> read(Path archive) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (var tar =
                new TarArchiveInputStream(
                        new XZInputStream(Files.newInputStream(archive)), UTF_8.name())) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                String text = new String(tar.readAllBytes(), UTF_8);
                found.put(
                        entry.getName(),
                        Integer.toOctalString(entry.getMode() & 0777) + " " + text);
            }
        }
        return found;
    }

    private static void assertFails(int status, String line, Run run) {
        assertThat(run).isEqualTo(new Run(status, "", "subquad: " + line + "\n"));
    }
}

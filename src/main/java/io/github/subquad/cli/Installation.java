package io.github.subquad.cli;

import io.github.subquad.BackendException;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What this process was started from, as the launcher tells.
 *
 * @param home the project's folder
 * @param sdk TornadoVM's folder
 * @param jdk of the Java machine
 * @param jars SubQuad's own and its libraries'
 */
record Installation(Path home, Path sdk, Path jdk, List<Path> jars) {
    /** The folder that has {@code bin/subquad} in it. */
    private static final String HOME = "subquad.home";

    private static final String MODULES = "share/java/tornado";

    /**
     * What a TornadoVM needs to run, with all its drivers: folders, and the names of files in them.
     * Of the Java modules this is what the drivers' modules require, and no more.
     */
    private static final List<Part> PARTS =
            List.of(
                    new Part(MODULES, "tornado-(api|runtime|annotation|drivers-\\w+)-\\d.*\\.jar"),
                    new Part(MODULES, "(asm|commons-math3|snmp4j)-\\d.*\\.jar"),
                    new Part(
                            "share/java/graalJars",
                            "(compiler|truffle-compiler|collections|word)-\\d.*\\.jar"),
                    new Part("lib", "libtornado-\\w+\\.(so|dylib)"),
                    new Part("etc/exportLists", "\\w+-exports"),
                    new Part("", "LICENSE.*"));

    /** What packing takes, and a bundle, which has no {@code jlink}, cannot use. */
    private static final Pattern PACKING =
            Pattern.compile("(commons-(codec|compress|io|lang3)|xz)-\\d.*\\.jar");

    /** Files of one folder of the SDK. */
    private record Part(String folder, String names) {
        List<PackedFile> of(Path sdk) throws IOException {
            Pattern pattern = Pattern.compile(names);
            try (var files = Files.list(sdk.resolve(folder))) {
                List<PackedFile> found =
                        files.filter(file -> matches(pattern, file))
                                .sorted()
                                .map(file -> PackedFile.in("tornadovm/" + folder, file))
                                .toList();
                if (found.isEmpty()) {
                    throw new IOException(
                            "%s: no file is named like %s; install TornadoVM anew"
                                    .formatted(sdk.resolve(folder), names));
                }
                return found;
            }
        }
    }

    private static boolean matches(Pattern pattern, Path file) {
        return pattern.matcher(String.valueOf(file.getFileName())).matches();
    }

    /**
     * That of this process.
     *
     * @throws BackendException if there is no TornadoVM, or the launcher was not used
     */
    static Installation running() {
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new BackendException(
                    "bundle", "the launcher is one of its parts", "start this with bin/subquad");
        }
        String sdk = System.getenv("TORNADOVM_HOME");
        if (sdk == null) {
            throw new BackendException(
                    "bundle",
                    noTornado(System.getProperty("subquad.tornado")),
                    "docs/devices.md tells how to install one");
        }
        return new Installation(
                Path.of(home),
                Path.of(sdk),
                Path.of(System.getProperty("java.home")),
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .toList());
    }

    private static String noTornado(@Nullable String reason) {
        return reason == null ? "TORNADOVM_HOME is not set" : "needs TornadoVM: " + reason;
    }

    /** All but the Java runtime, as it lies in a bundle. */
    List<PackedFile> files() throws IOException {
        List<PackedFile> files = new ArrayList<>();
        for (String name : List.of("bin/subquad", "bin/tornado-options", "tornado-argfile")) {
            files.add(new PackedFile(home.resolve(name), name));
        }
        files.add(new PackedFile(home.resolve("LICENSE"), "LICENSE"));
        jars.stream()
                .filter(jar -> !matches(PACKING, jar))
                .forEach(jar -> files.add(PackedFile.in("lib", jar)));
        for (Part part : PARTS) {
            files.addAll(part.of(sdk));
        }
        return files;
    }

    /** As the SDK's jars have it in their names. */
    String tornadoVersion() throws IOException {
        String prefix = "tornado-api-";
        try (var files = Files.list(sdk.resolve(MODULES))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith(prefix))
                    .map(name -> name.substring(prefix.length()).replace(".jar", ""))
                    .findFirst()
                    .orElse("unknown");
        }
    }
}

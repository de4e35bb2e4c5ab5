package io.github.subquad.bench.machine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What git says of the folder that a program was built in.
 *
 * @param commit full name
 * @param dirty whether what is built and what runs it, peers and launcher too, is not as committed
 */
record Checkout(String commit, boolean dirty) {
    /** Results beside them change nothing. */
    private static final List<String> SOURCES =
            List.of("pom.xml", "src", "bench/pom.xml", "bench/src", "bin");

    /**
     * Asks git.
     *
     * @param home the project's folder, null if not known
     * @return null if there is no git, or the folder is not the root of a checkout
     */
    static @Nullable Checkout of(@Nullable String home) {
        if (home == null) {
            return null;
        }
        String root = Tool.ask(List.of("git", "-C", home, "rev-parse", "--show-toplevel"));
        String commit = Tool.ask(List.of("git", "-C", home, "rev-parse", "--verify", "HEAD"));
        List<String> status =
                new ArrayList<>(List.of("git", "-C", home, "status", "--porcelain", "--"));
        status.addAll(SOURCES);
        String changes = Tool.ask(status);
        if (root == null || commit == null || changes == null || !same(root.strip(), home)) {
            return null;
        }
        return new Checkout(commit.strip(), !changes.isBlank());
    }

    /** A folder that is unpacked somewhere within another checkout is none itself. */
    private static boolean same(String root, String home) {
        try {
            return Files.isSameFile(Path.of(root), Path.of(home));
        } catch (IOException e) {
            return false;
        }
    }
}

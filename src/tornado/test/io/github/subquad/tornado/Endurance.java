package io.github.subquad.tornado;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Many calls of mixed shapes in one process: prints the resident bytes after a third of them and at
 * the end.
 */
final class Endurance {
    /** Ten, for each of which another program is compiled. */
    private static final List<Problem> PROBLEMS =
            LongStream.rangeClosed(1, 10)
                    .mapToObj(
                            n ->
                                    new Problem(
                                            AttentionShape.of(
                                                    n % 3 + 1, 60L * n, 100L * n, 8L * n)))
                    .toList();

    private Endurance() {}

    public static void main(String[] args) throws IOException {
        int calls = Integer.parseInt(args[0]);
        long afterThird = 0;
        try (Attention fused = open(Kernel.FUSED);
                Attention staged = open(Kernel.STAGED)) {
            for (int i = 0; i < calls; i++) {
                Problem problem = PROBLEMS.get(i % PROBLEMS.size());
                problem.attend(i / PROBLEMS.size() % 2 == 0 ? fused : staged);
                if (i == calls / 3) {
                    afterThird = residentBytes();
                }
            }
        }
        System.out.println(afterThird + " " + residentBytes());
    }

    private static Attention open(Kernel kernel) {
        return Attention.open(AttentionOptions.builder().backend("tornado").kernel(kernel).build());
    }

    private static long residentBytes() throws IOException {
        System.gc();
        String kilobytes =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .findFirst()
                        .orElse("0");
        return 1024 * Long.parseLong(kilobytes.replaceAll("\\D", ""));
    }
}

package io.github.subquad.cli;

import io.github.subquad.AttentionShape;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.regex.Pattern;

/** The sizes of a call, typed in. */
final class ShapeOptions {
    private static final Pattern SHAPE = Pattern.compile("\\d{1,18}(,\\d{1,18}){3,4}");

    @Option(
            names = "--shape",
            paramLabel = "BH,Q,K,D[,DV]",
            description = {
                "Sizes of a call: batch*heads, queries, keys, channels and, if they differ, value"
                        + " channels.",
            })
    private @Nullable String shape;

    @Option(
            names = "--kv-heads",
            paramLabel = "N",
            description =
                    "With --shape: batch*heads of key and value, shared by groups of query"
                            + " heads.")
    private @Nullable Long keyHeads;

    boolean given() {
        return shape != null || keyHeads != null;
    }

    AttentionShape parse() {
        if (shape == null || !SHAPE.matcher(shape).matches()) {
            throw new UsageException(
                    "--shape: expected BH,Q,K,D or BH,Q,K,D,DV such as 8,4096,4096,64, got "
                            + (shape == null ? "nothing" : "'" + shape + "'"));
        }
        long[] sizes =
                Pattern.compile(",").splitAsStream(shape).mapToLong(Long::parseLong).toArray();
        long heads = sizes[0];
        try {
            return new AttentionShape(
                    heads,
                    keyHeads == null ? heads : keyHeads,
                    sizes[1],
                    sizes[2],
                    sizes[3],
                    sizes.length == 5 ? sizes[4] : sizes[3]);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--shape: " + e.getMessage());
        }
    }
}

package io.github.subquad.peers;

import io.github.subquad.AttentionShape;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;

/** The tables; {@code bench/run --help} lists them. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = "Measures SubQuad beside its peers and beside what the machine can do.",
        subcommands = {SpeedTable.class, DecodeTable.class, VariantTable.class, MemoryTable.class})
public final class Bench {
    private Bench() {}

    /**
     * Runs one table.
     *
     * @param args its name and options
     */
    public static void main(String[] args) {
        int exit =
                new CommandLine(new Bench())
                        .registerConverter(AttentionShape.class, shape())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .execute(args);
        System.exit(exit);
    }

    private static ITypeConverter<AttentionShape> shape() {
        return text -> {
            try {
                long[] sizes =
                        Arrays.stream(text.split(",", -1)).mapToLong(Long::parseLong).toArray();
                if (sizes.length == 4) {
                    return AttentionShape.of(sizes[0], sizes[1], sizes[2], sizes[3]);
                }
            } catch (NumberFormatException e) {
                // Falls through to the message that names what is expected.
            }
            throw new TypeConversionException(
                    "expected HEADS,QUERIES,KEYS,CHANNELS such as 8,1024,1024,64, got " + text);
        };
    }
}

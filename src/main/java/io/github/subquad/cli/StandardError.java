package io.github.subquad.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/**
 * Puts the true standard error back. The JVM announces its incubator modules there at every start,
 * so {@code bin/subquad} starts it with a standard error that drops this line, keeps the true one
 * open under another number, and names that number in the property {@code subquad.stderr}.
 */
final class StandardError {
    private static final int DESCRIPTOR = 2;

    private StandardError() {}

    /**
     * To be called before anything is written; does nothing where the launcher asked for nothing.
     */
    static void restore() {
        Integer trueOne = Integer.getInteger("subquad.stderr");
        if (trueOne != null) {
            duplicate(trueOne, DESCRIPTOR);
        }
    }

    @SuppressWarnings("restricted") // the launcher enables native access
    private static void duplicate(int from, int to) {
        var linker = Linker.nativeLinker();
        var dup2 =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("dup2"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            var _ = (int) dup2.invokeExact(from, to);
        } catch (Throwable e) {
            throw new LinkageError("dup2 cannot be called", e);
        }
    }
}

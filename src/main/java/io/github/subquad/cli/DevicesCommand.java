package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.BackendException;
import io.github.subquad.Backends;
import io.github.subquad.Device;
import io.github.subquad.MemoryBudget;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** Every device there is, and why some cannot be used. */
@Command(
        name = "devices",
        header = "List what can compute.",
        description = {
            "Every device of every backend: whether it is usable, why not, and what would mend it;"
                    + " then the one that is taken where none is named.",
        },
        footer = {
            "  subquad devices",
            "  subquad verify --shape 2,64,64,16 --backend reference",
        })
final class DevicesCommand implements Callable<Integer> {
    private static final String ROW = "%-14s %-12s %s%n";

    /** What the launcher found of TornadoVM, for a person. */
    static final String TORNADO = "subquad.tornado";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Backends.available().forEach(device -> print(device, out));
        out.printf("%-14s %s%n", "auto", chosen());
        String tornado = System.getProperty(TORNADO);
        if (tornado != null) {
            out.printf("%-14s %s%n", "tornadovm", tornado);
        }
        out.println(Version.java());
        return 0;
    }

    private static void print(Device device, PrintWriter out) {
        String memory =
                device.memoryBytes() == 0 ? "" : ", " + MemoryBudget.format(device.memoryBytes());
        out.printf(
                ROW,
                device.address(),
                device.usable() ? "usable" : "not usable",
                device.name() + memory);
        for (String line : new String[] {device.note(), device.remedy()}) {
            line.lines().forEach(text -> out.printf(ROW, "", "", text));
        }
    }

    private static String chosen() {
        try (Attention attention = Attention.open()) {
            return attention.device().address();
        } catch (BackendException e) {
            return String.valueOf(e.getMessage());
        }
    }
}

package io.github.subquad.tornado;

import io.github.subquad.BackendException;

import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Turns whatever TornadoVM throws into a {@link BackendException} that says what to do. */
final class DeviceFailure {
    /** Colours of a terminal, as TornadoVM writes them into messages. */
    private static final String COLOUR_CODE = "\u001B\\[[;\\d]*m";

    private static final int MOST_LOG_LINES = 20;

    private DeviceFailure() {}

    /** The device had no room for a buffer: smaller chunks may fit. */
    static final class OutOfMemory extends BackendException {
        private static final long serialVersionUID = 1;

        OutOfMemory(String device, String reason) {
            super(
                    device,
                    reason,
                    "give a smaller memoryBudget, or more memory by -Dtornado.device.memory");
        }
    }

    /**
     * Runs what touches TornadoVM. It throws exceptions and errors of many kinds, and loses the
     * cause of some; all of them end here.
     *
     * @param work what it was doing, for the message
     * @throws OutOfMemory if a buffer did not fit
     * @throws BackendException if anything else failed
     */
    @SuppressWarnings("CatchingUnchecked") // errors of the compiler are no errors of this machine
    static <T> T guard(DeviceTraits device, String work, Callable<T> action) {
        try {
            return action.call();
        } catch (BackendException e) {
            throw e;
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            throw explain(device, work, e);
        }
    }

    private static BackendException explain(DeviceTraits device, String work, Throwable e) {
        String reason = "%s failed: %s".formatted(work, messages(e));
        BackendException failure =
                isOutOfMemory(e)
                        ? new OutOfMemory(device.address(), reason)
                        : new BackendException(
                                device.address(),
                                reason + buildLog(work),
                                "take another kernel step, or device, or the backend cpu");
        failure.initCause(e);
        return failure;
    }

    private static boolean isOutOfMemory(Throwable e) {
        return causes(e)
                .anyMatch(
                        cause ->
                                cause instanceof TornadoOutOfMemoryException
                                        || cause instanceof TornadoMemoryException);
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, cause -> cause != null, Throwable::getCause);
    }

    /** What each cause says, without colours and line breaks. */
    static String messages(Throwable e) {
        return causes(e)
                .map(cause -> cause.getMessage() == null ? cause.toString() : cause.getMessage())
                .map(text -> plain(text).strip().replaceAll("\\s+", " "))
                .distinct()
                .reduce((a, b) -> a.contains(b) ? a : a + ": " + b)
                .orElse("no reason given");
    }

    static String plain(String text) {
        return text.replaceAll(COLOUR_CODE, "");
    }

    /** The driver's latest log of a graph, which TornadoVM writes below its own folder. */
    private static String buildLog(String graph) {
        String home = System.getenv("TORNADOVM_HOME");
        if (home == null) {
            return "";
        }
        try (var files = Files.walk(Path.of(home, "var", "opencl-logs"))) {
            return files.filter(file -> isOf(graph, file.getFileName().toString()))
                    .filter(DeviceFailure::isFresh)
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .map(DeviceFailure::read)
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /** They are called {@code graph.task-kernel.log}. */
    private static boolean isOf(String graph, String log) {
        return log.startsWith(graph + ".") && log.endsWith(".log");
    }

    private static boolean isFresh(Path file) {
        return System.currentTimeMillis() - file.toFile().lastModified() < 10_000;
    }

    private static String read(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.limit(MOST_LOG_LINES)
                            .map(DeviceFailure::plain)
                            .reduce(
                                    System.lineSeparator() + file.getFileName() + ":",
                                    (a, b) -> a + System.lineSeparator() + b)
                    + System.lineSeparator();
        } catch (IOException e) {
            return "";
        }
    }
}

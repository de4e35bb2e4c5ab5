package io.github.subquad.cli;

import io.github.subquad.BackendException;
import io.github.subquad.bench.table.Printable;

import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Every failure ends here: one line on standard error and the exit status. The line may quote what
 * a file holds, so no terminal gets to obey it.
 */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    /** How picocli begins where the library and we begin with the option alone. */
    private static final Pattern INVALID =
            Pattern.compile("^Invalid value for option '(.*?)'.*?: ");

    private final BooleanSupplier debug;

    /** With stack traces if {@code debug} says so at the time of the failure. */
    Failures(BooleanSupplier debug) {
        this.debug = debug;
    }

    /** The command line could not be parsed. */
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        String line =
                e instanceof UnmatchedArgumentException unmatched
                        ? unknown(unmatched)
                        : INVALID.matcher(String.valueOf(e.getMessage())).replaceFirst("$1: ");
        return report(e.getCommandLine(), line, e, ExitCode.USAGE);
    }

    private static String unknown(UnmatchedArgumentException e) {
        String word = e.getUnmatched().getFirst();
        var commands = e.getCommandLine().getSubcommands().keySet();
        if (!e.isUnknownOption()) {
            return commands.isEmpty()
                    ? "unknown argument '%s'".formatted(word)
                    : "unknown command '%s'; expected %s"
                            .formatted(word, String.join(", ", commands));
        }
        List<String> alike = e.getSuggestions();
        return "unknown option '%s'".formatted(word)
                + (alike.isEmpty() ? "" : "; is it %s?".formatted(alike.getFirst()));
    }

    /** A command failed. */
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        Throwable failure =
                e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        int status = failure instanceof UsageException ? ExitCode.USAGE : ExitCode.SOFTWARE;
        return report(command, explain(failure), failure, status);
    }

    private static String explain(Throwable failure) {
        return switch (failure) {
            case CancellationException _ -> "interrupted";
            case OutOfMemoryError e ->
                    "out of memory: %s; take smaller tensors, or a machine with more memory"
                            .formatted(e.getMessage());
            case InternalError e when String.valueOf(e.getMessage()).contains("unsafe memory") ->
                    "an input file was cut short while it was being read";
            case UsageException e -> String.valueOf(e.getMessage());
            case NoSuchFileException e -> e.getFile() + ": no such file";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case IOException e -> String.valueOf(e.getMessage());
            case IllegalArgumentException e -> String.valueOf(e.getMessage());
            case BackendException e -> String.valueOf(e.getMessage());
            case UnsupportedOperationException e when e.getMessage() != null -> e.getMessage();
            default -> "this should not happen: %s; --debug shows where".formatted(failure);
        };
    }

    private int report(CommandLine command, String line, Throwable failure, int status) {
        var err = command.getErr();
        String oneLine = line.strip().replaceAll("\\s*\\R\\s*", " ");
        err.println("subquad: " + Printable.line(oneLine));
        if (debug.getAsBoolean()) {
            var trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            err.print(Printable.lines(trace.toString()));
        }
        err.flush();
        return status;
    }
}

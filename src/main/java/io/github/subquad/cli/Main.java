package io.github.subquad.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;

/** The command {@code subquad}, of which all others are parts. */
@Command(
        name = "subquad",
        header = "Exact attention, softmax(Q*K^T / sqrt(d)) * V, in sub-quadratic memory.",
        description = {
            "The scores are never held all at once, so that queries and keys may be many. Tensors"
                    + " come from and go to safetensors or npy files.",
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AttendCommand.class,
            GradCommand.class,
            VerifyCommand.class,
            PlanCommand.class,
            BenchCommand.class,
            CompareCommand.class,
            RooflineCommand.class,
            ReportCommand.class,
            DenoiseCommand.class,
            DevicesCommand.class,
            BundleCommand.class,
            KernelsCommand.class,
            GenerateCompletion.class,
        },
        footer = {
            "  subquad attend --input qkv.safetensors --output out.safetensors",
            "  subquad verify --shape 8,1024,1024,64",
            "  subquad attend --help",
            "",
            "Exit status: 0 done, 1 failed, 2 the command line is wrong.",
        })
public final class Main implements Callable<Integer> {
    private static final int HELP_WIDTH = 100;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of a failure.")
    private boolean debug;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs one command and ends the process.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        StandardError.restore();
        Locale.setDefault(Locale.ROOT); // all texts are English, and so are their numbers
        Interruption interruption = Interruption.install();
        CommandLine commandLine = commandLine();
        keepStandardOutput(commandLine);
        int status = commandLine.execute(args);
        if (commandLine.getOut().checkError() && status == 0) {
            commandLine.getErr().println("subquad: standard output cannot be written");
            status = 1;
        }
        interruption.disarm();
        System.exit(status);
    }

    /** Results alone go to standard output: device runtimes print notices of their own there. */
    private static void keepStandardOutput(CommandLine commandLine) {
        commandLine.setOut(new PrintWriter(System.out, true, System.out.charset()));
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    }

    /** Everything from parsing to the exit status; writes to the standard streams or to others. */
    static CommandLine commandLine() {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main);
        commandLine.getSubcommands().values().forEach(sub -> complete(sub.getCommandSpec()));
        complete(main.spec);
        Failures failures = new Failures(() -> main.debug);
        return commandLine
                .setExpandAtFiles(false)
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setExecutionStrategy(Main::run);
    }

    /** What is the same in the help of every command. */
    private static void complete(CommandSpec spec) {
        spec.mixinStandardHelpOptions(true).versionProvider(new Version());
        spec.usageMessage()
                .sortOptions(false)
                .sortSynopsis(false)
                .descriptionHeading("%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .footerHeading("%nExamples:%n");
        if (spec.userObject() instanceof GenerateCompletion) {
            spec.usageMessage().footer("  source <(subquad generate-completion)");
        }
    }

    /** picocli lets errors pass, such as a lack of memory; they too end in {@link Failures}. */
    private static int run(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (Error e) {
            throw new ExecutionException(parsed.commandSpec().commandLine(), e.toString(), e);
        }
    }

    /** No command given: shows which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }
}

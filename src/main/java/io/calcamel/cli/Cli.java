package io.calcamel.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line: {@code java -jar target/calcamel.jar COMMAND}.
 *
 * <p>Its commands are HTTP clients of a hub that runs somewhere, since the embedded database has one owner. Nothing of
 * the hub's own code is used here: a client that shares code with the server would share its mistakes.
 */
@Command(
        name = Cli.PROGRAM,
        header = "CalCamel: a self-hosted integration hub for Cal.com.",
        description = {
            "",
            "Without a command the hub runs, as with 'run'. But for 'sandbox', the other commands talk to a running hub over HTTP."},
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Help for one of them: " + Cli.PROGRAM + " COMMAND --help"},
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class,
        subcommands = {Cli.Run.class, Cli.Sandbox.class})
public final class Cli {

    static final String PROGRAM = "java -jar target/calcamel.jar";

    private static final int HELP_WIDTH = 110;

    private Cli() {
    }

    /**
     * Executes a command of this process: its environment, standard input, output and error.
     *
     * @param args the command with its options and parameters. {@code run} and no arguments are not for here: they start
     *             the hub
     * @return the exit code: 0 done, 1 the hub could not be reached or did not accept, 2 the call makes no sense
     */
    public static int execute(String... args) {
        return execute(Terminal.ofThisProcess(), args);
    }

    static int execute(Terminal terminal, String... args) {
        return new CommandLine(new Cli())
                .addSubcommand(new SendWebhook(terminal))
                .addSubcommand(new SyncEventTypes(terminal))
                .addSubcommand(new ReconcileCommand(terminal))
                .addSubcommand("event-type", EventTypeCommand.of(terminal))
                .addSubcommand("availability", AvailabilityCommand.of(terminal))
                .addSubcommand(new Health(terminal))
                .addSubcommand("company", CompanyCommand.of(terminal))
                .addSubcommand("token", TokenCommand.of(terminal))
                .addSubcommand("branch", BranchCommand.of(terminal))
                .addSubcommand("deliveries", DeliveriesCommand.of(terminal))
                .addSubcommand(new EraseCommand(terminal))
                .setOut(new PrintWriter(terminal.out(), true))
                .setErr(new PrintWriter(terminal.err(), true))
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler((problem, given) -> explain(problem))
                .execute(args);
    }

    /** In place of picocli's own handler, which buries the message under the whole help text. */
    private static int explain(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(problem.getMessage());
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    /** Stands in the help; the application starts the hub itself and never gets here. */
    @Command(name = "run", description = "Run the hub, as without a command.")
    static final class Run implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            throw new ParameterException(spec.commandLine(), "'run' starts the hub and is no command of this client.");
        }
    }

    /** Stands in the help, as {@link Run} does. */
    @Command(name = "sandbox", description = "Run a stand-in for Cal.com's API, to test integrations offline.")
    static final class Sandbox implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            throw new ParameterException(spec.commandLine(), "'sandbox' starts a server and is no command of this client.");
        }
    }

    /** The version in the jar's manifest; there is none when the classes run from a folder. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Cli.class.getPackage().getImplementationVersion();
            return new String[] {"calcamel " + (version == null ? "(development)" : version)};
        }
    }
}

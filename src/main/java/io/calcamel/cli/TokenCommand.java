package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code token}: the API tokens of the companies. */
@Command(
        name = "token",
        description = "Issue, list and revoke API tokens.",
        commandListHeading = "%nCommands:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class TokenCommand implements Callable<Integer> {

    private static final String PATH = "/api/tokens";

    @Spec
    private CommandSpec spec;

    static CommandLine of(Terminal terminal) {
        return new CommandLine(new TokenCommand()).addSubcommand(new Create(terminal)).addSubcommand(new Show(terminal)).addSubcommand(new Revoke(terminal));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: token create, token list or token revoke ID.");
    }

    /** {@code token create}: the token alone on standard output, for scripts; what is to be said about it beside it. */
    @Command(
            name = "create",
            description = "Issue an API token. It is printed, and never shown again.",
            optionListHeading = "%nOptions:%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Create extends AdministratorCommand {

        @Option(names = "--name", paramLabel = "NAME", required = true, description = "What it is for, such as the system that will call with it.")
        private String name;

        @Option(names = "--company", paramLabel = "COMPANY", description = "The company, by id or slug. Default: default.")
        private String company;

        @Option(names = "--expires", paramLabel = "TIME",
                description = "From when on it is refused, such as 2027-01-31 (its first instant in UTC) or 2027-01-31T18:00:00Z. Default: never.")
        private String expires;

        Create(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            ObjectNode order = JsonNodeFactory.instance.objectNode().put("name", name);
            if (company != null) {
                order.put("company", company);
            }
            if (expires != null) {
                order.put("expiresAt", expires);
            }
            JsonNode token = hub.post(terminal, PATH, order, ANSWER_WITHIN);
            terminal.out().println(token.path("token").asText());
            new Table().row(about(token) + (token.hasNonNull("expiresAt") ? ", until " + token.path("expiresAt").asText() : ", without an end")
                    + ". It is not shown again: keep it now.").print(terminal.err());
            return ExitCode.OK;
        }
    }

    /** {@code token list}: all of them, page by page. */
    @Command(
            name = "list",
            description = "List the API tokens of all companies, by their first characters.",
            optionListHeading = "%nOptions:%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Show extends AdministratorCommand {

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            Table table = new Table().row("ID", "NAME", "COMPANY", "TOKEN", "STATUS", "CREATED", "EXPIRES", "LAST USED");
            all(PATH, token -> table.row(token.path("id").asText(), token.path("name").asText(), token.path("company").asText(),
                    token.path("prefix").asText() + "…", token.path("status").asText(), token.path("createdAt").asText(), time(token, "expiresAt"),
                    time(token, "lastUsedAt")));
            table.print(terminal.out());
            return ExitCode.OK;
        }

        private static String time(JsonNode token, String field) {
            return token.hasNonNull(field) ? token.path(field).asText() : "never";
        }
    }

    /** {@code token revoke}: the next call with it is refused. */
    @Command(
            name = "revoke",
            description = "Revoke an API token: the next call with it is refused.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Revoke extends AdministratorCommand {

        @Parameters(index = "0", paramLabel = "ID", description = "The token's id, as 'token list' shows it.")
        private long id;

        Revoke(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            JsonNode token = hub.delete(terminal, PATH + "/" + id, ANSWER_WITHIN);
            new Table().row(about(token) + ", revoked " + token.path("revokedAt").asText()).print(terminal.out());
            return ExitCode.OK;
        }
    }

    private static String about(JsonNode token) {
        return "Token " + token.path("id").asText() + " (" + token.path("name").asText() + ") of company " + token.path("company").asText();
    }
}

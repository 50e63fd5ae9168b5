package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code branch}: the branches of the companies, and what they offer. */
@Command(
        name = "branch",
        description = "List, create, change and delete branches, with the event types that they offer.",
        commandListHeading = "%nCommands:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class BranchCommand implements Callable<Integer> {

    private static final String PATH = "/api/branches";

    @Spec
    private CommandSpec spec;

    static CommandLine of(Terminal terminal) {
        return new CommandLine(new BranchCommand()).addSubcommand(new Show(terminal)).addSubcommand(new Create(terminal)).addSubcommand(new Update(terminal))
                .addSubcommand(new Delete(terminal));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: branch list, branch create, branch update BRANCH or branch delete BRANCH.");
    }

    /** A command about branches, with the administrator's token. */
    private abstract static class OfCompany extends AdministratorCommand {

        @Option(names = "--company", paramLabel = "COMPANY", description = "The company, by id or slug.")
        String company;

        OfCompany(Terminal terminal) {
            super(terminal);
        }

        String ofCompany(String path, char first) {
            return path + (company == null ? "" : first + "company=" + encode(company));
        }

        void print(JsonNode... branches) {
            Table table = new Table().row("ID", "COMPANY", "SLUG", "NAME", "RULE", "EVENT TYPES");
            for (JsonNode branch : branches) {
                addTo(table, branch);
            }
            table.print(terminal.out());
        }

        static void addTo(Table table, JsonNode branch) {
            StringBuilder types = new StringBuilder();
            branch.path("eventTypes").forEach(type -> types.append(types.isEmpty() ? "" : ", ").append(type.path("id").asText())
                    .append(type.path("by").asText().equals("rule") ? " (rule)" : ""));
            table.row(branch.path("id").asText(), branch.path("company").asText(), branch.path("slug").asText(), branch.path("name").asText(), rule(branch),
                    types.isEmpty() ? "none" : types);
        }

        private static String rule(JsonNode branch) {
            String slug = branch.hasNonNull("slugPattern") ? branch.path("slugPattern").asText() : "";
            String team = branch.hasNonNull("teamId") ? "team " + branch.path("teamId").asText() : "";
            return slug.isEmpty() && team.isEmpty() ? "none" : slug + (slug.isEmpty() || team.isEmpty() ? "" : " of ") + team;
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Ids with commas between them; an empty list is one too, which picocli's own lists can't be. */
    private static final class Ids implements ITypeConverter<Ids.Given> {

        record Given(List<Long> ids) {
        }

        @Override
        public Given convert(String text) {
            if (!text.isBlank() && !text.matches("\\d{1,18}(,\\d{1,18})*")) {
                throw new TypeConversionException("'" + text + "' is no list of ids such as 1,2,3");
            }
            return new Given(text.isBlank() ? List.of() : Arrays.stream(text.split(",")).map(Long::valueOf).toList());
        }
    }

    /** A command that writes a branch. */
    private abstract static class Writing extends OfCompany {

        @Option(names = "--slug-pattern", paramLabel = "PATTERN",
                description = "Offers event types with such a slug, in which * stands for anything, such as 'berlin-*'. '' for none.")
        private String slugPattern;

        @Option(names = "--team", paramLabel = "ID", description = "Offers the event types of this team. 0 for none.")
        private Long team;

        @Option(names = "--event-types", paramLabel = "IDS", converter = Ids.class,
                description = "Offers these, by Cal.com's ids, whatever the rule says, such as 1,2,3. '' for none.")
        private Ids.Given eventTypes;

        Writing(Terminal terminal) {
            super(terminal);
        }

        ObjectNode order(String slug, String name) {
            ObjectNode order = JsonNodeFactory.instance.objectNode();
            if (slug != null) {
                order.put("slug", slug);
            }
            if (name != null) {
                order.put("name", name);
            }
            if (slugPattern != null) {
                order.put("slugPattern", slugPattern.isBlank() ? null : slugPattern);
            }
            if (team != null) {
                order.put("teamId", team == 0 ? null : team);
            }
            if (eventTypes != null) {
                ArrayNode ids = order.putArray("eventTypes");
                eventTypes.ids().forEach(ids::add);
            }
            return order;
        }
    }

    /** {@code branch list}: page by page. */
    @Command(
            name = "list",
            description = "List the branches of a company, or of all, with what they offer.",
            optionListHeading = "%nOptions:%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Show extends OfCompany {

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            Table table = new Table().row("ID", "COMPANY", "SLUG", "NAME", "RULE", "EVENT TYPES");
            all(PATH, ofCompany("", '&'), branch -> addTo(table, branch));
            table.print(terminal.out());
            return ExitCode.OK;
        }
    }

    /** {@code branch create}. */
    @Command(
            name = "create",
            description = "Create a branch, of the default company unless another is named.",
            optionListHeading = "%nOptions:%n",
            sortOptions = false,
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Create extends Writing {

        @Option(names = "--slug", paramLabel = "SLUG", required = true, description = "By which callers name it: lower-case letters, digits and hyphens.")
        private String slug;

        @Option(names = "--name", paramLabel = "NAME", required = true, description = "What people call it.")
        private String name;

        Create(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            ObjectNode order = order(slug, name);
            if (company != null) {
                order.put("company", company);
            }
            print(hub.post(terminal, PATH, order, ANSWER_WITHIN));
            return ExitCode.OK;
        }
    }

    /** {@code branch update}: what is not named stays. */
    @Command(
            name = "update",
            description = "Change a branch; what is not named stays.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            sortOptions = false,
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Update extends Writing {

        @Parameters(index = "0", paramLabel = "BRANCH", description = "The branch, by id, or by slug in the company (the default one unless another is named).")
        private String branch;

        @Option(names = "--slug", paramLabel = "SLUG", description = "Its new slug.")
        private String slug;

        @Option(names = "--name", paramLabel = "NAME", description = "Its new name.")
        private String name;

        Update(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            print(hub.patch(terminal, ofCompany(PATH + "/" + encode(branch), '?'), order(slug, name), ANSWER_WITHIN));
            return ExitCode.OK;
        }
    }

    /** {@code branch delete}. */
    @Command(
            name = "delete",
            description = "Delete a branch. Its appointments keep its slug.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Delete extends OfCompany {

        @Parameters(index = "0", paramLabel = "BRANCH", description = "The branch, by id, or by slug in the company (the default one unless another is named).")
        private String branch;

        Delete(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            JsonNode deleted = hub.delete(terminal, ofCompany(PATH + "/" + encode(branch), '?'), ANSWER_WITHIN);
            new Table().row("Branch " + deleted.path("id").asText() + " (" + deleted.path("slug").asText() + ") of company " + deleted.path("company").asText()
                    + " is deleted.").print(terminal.out());
            return ExitCode.OK;
        }
    }
}

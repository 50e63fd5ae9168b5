package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;

/** A command that calls with the administrator's token. */
abstract class AdministratorCommand implements Callable<Integer> {

    static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

    final Terminal terminal;

    @Mixin
    final HubCall hub = HubCall.ofAdministrator();

    AdministratorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Does what the command is for.
     *
     * @return the exit code
     * @throws Failed where it can't be done
     */
    abstract int ask() throws Failed;

    @Override
    public Integer call() {
        try {
            return ask();
        } catch (Failed e) {
            terminal.err().println(e.getMessage());
            return e.exitCode();
        }
    }

    /** Goes through a list, page by page. */
    final void all(String path, Consumer<JsonNode> each) throws Failed {
        for (String next = path + "?limit=500"; next != null;) {
            JsonNode page = hub.get(terminal, next, ANSWER_WITHIN);
            page.path("items").forEach(each);
            // Nothing but the next page: this call carries the administrator's token.
            next = page.path("next").asText("").startsWith(path + "?") ? page.path("next").asText() : null;
        }
    }
}

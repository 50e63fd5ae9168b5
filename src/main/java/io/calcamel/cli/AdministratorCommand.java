package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.util.function.Consumer;

/** A command that calls with the administrator's token. */
abstract class AdministratorCommand extends HubCommand {

    AdministratorCommand(Terminal terminal) {
        super(terminal, HubCall.ofAdministrator());
    }

    /** Goes through a list, page by page. */
    final void all(String path, Consumer<JsonNode> each) throws Failed {
        all(path, "", each);
    }

    /**
     * Goes through a list, page by page.
     *
     * @param filter more parameters, with & in front of each
     */
    final void all(String path, String filter, Consumer<JsonNode> each) throws Failed {
        for (String next = path + "?limit=500" + filter; next != null;) {
            JsonNode page = hub.get(terminal, next, ANSWER_WITHIN);
            page.path("items").forEach(each);
            // Nothing but the next page: this call carries the administrator's token.
            next = page.path("next").asText("").startsWith(path + "?") ? page.path("next").asText() : null;
        }
    }
}

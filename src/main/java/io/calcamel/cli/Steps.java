package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** What was done to a company's connection, or found out about it: a line each, and below it what to do. */
final class Steps {

    private Steps() {
    }

    static void print(JsonNode steps, PrintStream to) {
        Table table = new Table();
        for (JsonNode step : steps) {
            table.row(step.path("name").asText(), step.path("outcome").asText(), step.path("detail").asText(""));
            if (step.hasNonNull("hint")) {
                table.row("", "", step.path("hint").asText());
            }
        }
        table.print(to);
    }
}

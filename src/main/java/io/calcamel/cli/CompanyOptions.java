package io.calcamel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import picocli.CommandLine.Option;

/** What can be said of a company when it is connected, and later. */
final class CompanyOptions {

    @Option(names = "--name", paramLabel = "NAME", description = "What people call it.")
    private String name;

    @Option(names = "--api-key", paramLabel = "KEY",
            description = "Its API key of Cal.com. '-' reads it from standard input: then it is neither in the shell's history nor in the list of processes.")
    private String apiKey;

    @Option(names = "--base-url", paramLabel = "URL", description = "Where its Cal.com is, such as https://api.cal.eu/v2.")
    private String baseUrl;

    @Option(names = "--team", paramLabel = "SLUG", description = "Slug of the team in Cal.com whose event types are synced; without one those of all its teams are.")
    private String team;

    @Option(names = "--organization", paramLabel = "ID", description = "Id of its organization in Cal.com, where the webhooks are to be that one's.")
    private Long organization;

    @Option(names = "--time-zone", paramLabel = "ZONE", description = "Where its bookers live, such as Europe/Berlin.")
    private String timeZone;

    @Option(names = "--language", paramLabel = "LANGUAGE", description = "What they speak, such as de.")
    private String language;

    @Option(names = "--api-version", paramLabel = "v1|v2", description = "Which API its Cal.com has; v1 for an old server.")
    private String apiVersion;

    /**
     * Adds what was said.
     *
     * @param order    the body of the call
     * @param teamSlug what the call names the team's slug
     * @param terminal where the key may come from
     * @throws Failed where it is to come from there, and does not
     */
    void addTo(ObjectNode order, String teamSlug, Terminal terminal) throws Failed {
        put(order, "name", name);
        put(order, "apiKey", secret(apiKey, "API key", terminal));
        put(order, "baseUrl", baseUrl);
        put(order, teamSlug, team);
        put(order, "timeZone", timeZone);
        put(order, "language", language);
        put(order, "apiVersion", apiVersion);
        if (organization != null) {
            order.put("organizationId", organization);
        }
    }

    private static void put(ObjectNode order, String field, String value) {
        if (value != null) {
            order.put(field, value);
        }
    }

    /** What was given, or for {@code -} what stands on standard input. */
    static String secret(String given, String what, Terminal terminal) throws Failed {
        return "-".equals(given) ? terminal.secret(what).orElseThrow(() -> new Failed(2, "There is no " + what + " on standard input.")) : given;
    }
}

package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.calcamel.cli.HubClient.Answer;
import io.calcamel.cli.HubClient.NoAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Calls the API of a hub for a command: where it is, the caller's token, and what is said where it does not work. */
final class HubCall {

    /** The environment variables with the tokens. */
    static final String API_TOKEN = "CALCAMEL_API_TOKEN";
    static final String ADMIN_TOKEN = "CALCAMEL_ADMIN_TOKEN";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Who COMPANY = new Who(API_TOKEN, "demo-api-token");
    private static final Who ADMINISTRATOR = new Who(ADMIN_TOKEN, "demo-admin-token");
    private static final String DEFAULT_URL = "http://localhost:8080";
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(3);

    @Option(names = "--url", paramLabel = "URL",
            description = "The hub. Default: $$CALCAMEL_URL, else " + DEFAULT_URL + ". The token is $$CALCAMEL_API_TOKEN, for 'company', 'branch' and 'token'"
                    + " $$CALCAMEL_ADMIN_TOKEN, else the demo token.")
    private String url;

    private volatile Who who;

    /** Calls with the company's token. */
    HubCall() {
        this(COMPANY);
    }

    private HubCall(Who who) {
        this.who = who;
    }

    /** Calls with the administrator's token. */
    static HubCall ofAdministrator() {
        return new HubCall(ADMINISTRATOR);
    }

    /** From now on calls with the administrator's token. */
    void asAdministrator() {
        who = ADMINISTRATOR;
    }

    /**
     * @param variable  the environment variable with the token
     * @param demoToken the token of a hub in dev where it is not set
     */
    private record Who(String variable, String demoToken) {
    }

    /** The call can't be carried out, or was refused; the message is what to say. */
    static final class Failed extends Exception {

        private final int exitCode;

        Failed(int exitCode, String message) {
            super(message);
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    JsonNode get(Terminal terminal, String path, Duration within) throws Failed {
        return answer(terminal, "GET", path, null, within);
    }

    JsonNode post(Terminal terminal, String path, JsonNode body, Duration within) throws Failed {
        return answer(terminal, "POST", path, body, within);
    }

    JsonNode patch(Terminal terminal, String path, JsonNode body, Duration within) throws Failed {
        return answer(terminal, "PATCH", path, body, within);
    }

    JsonNode delete(Terminal terminal, String path, Duration within) throws Failed {
        return answer(terminal, "DELETE", path, null, within);
    }

    private JsonNode answer(Terminal terminal, String method, String path, JsonNode body, Duration within) throws Failed {
        HubAddress hub = address(terminal);
        Map<String, String> headers = Map.of("Authorization", "Bearer " + terminal.variable(who.variable()).orElse(who.demoToken()),
                "Accept", "application/json", "Content-Type", "application/json");
        try {
            Answer answer = new HubClient(CONNECT_WITHIN, within).call(method, hub.api(path), headers, body == null ? null : JSON.writeValueAsBytes(body));
            JsonNode json = parse(answer.body());
            if (answer.status() / 100 != 2) {
                throw new Failed(1, problem(answer.status(), json));
            }
            return json;
        } catch (NoAnswer e) {
            throw new Failed(1, switch (e.why()) {
                case ABSENT -> "No hub listens at " + hub + ". Start one with 'mvn compile camel:run' or '" + Cli.PROGRAM + "', or name another with --url.";
                case SILENT -> "The hub at " + hub + " did not answer within " + within.toSeconds() + " seconds.";
                case BROKEN -> "The connection to " + hub + " broke (" + e.getMessage() + ").";
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (IllegalArgumentException e) {
            // The exception's own text has the token in it.
            throw new Failed(2, who.variable() + " has characters that a header can't carry.");
        }
    }

    private HubAddress address(Terminal terminal) throws Failed {
        String address = Optional.ofNullable(url).or(() -> terminal.variable("CALCAMEL_URL")).orElse(DEFAULT_URL);
        return HubAddress.parse(address).orElseThrow(() -> new Failed(2, "'" + address + "' is no hub's URL; use one like " + DEFAULT_URL + "."));
    }

    private static JsonNode parse(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** What a problem (RFC 9457) says: the detail where there is one, and what to do. */
    private static String problem(int status, JsonNode json) {
        if (!json.hasNonNull("title")) {
            return "The hub answered " + status + ".";
        }
        String said = json.path("title").asText() + "." + (json.hasNonNull("detail") ? " " + json.path("detail").asText() : "");
        return said + (json.hasNonNull("hint") ? "\n" + json.path("hint").asText() : "");
    }
}

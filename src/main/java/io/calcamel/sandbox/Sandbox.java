package io.calcamel.sandbox;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A stand-in for Cal.com's API (v2 and some of v1) that needs no network, no account and no database: for trying the hub, for
 * tests, and for letting things go wrong on purpose. It shares no code with what it is used to test.
 */
public final class Sandbox implements AutoCloseable {

    /** The key of the demo account, if no other is set. */
    public static final String DEMO_KEY = "cal_sandbox_demo_key";

    /**
     * How a sandbox is set up.
     *
     * @param host the address to listen to
     * @param port the port to listen to; 0 for a free one
     * @param apiKey the key of the demo account
     * @param webhookUrl where the demo account's bookings are told, from the start and after each reset; null for nowhere
     * @param webhookSecret what those webhooks are signed with; null for no signature
     * @param requestsPerMinute how often each key, and each address without one, may call; 0 for as often as it likes
     * @param teams whether it is like the hosted edition, with teams; if not, they are answered 404 as by the self-hosted one
     * @param eventTypes how many plain event types each account but the demo one has, and nothing else; 0 for one of every kind
     */
    public record Settings(String host, int port, String apiKey, String webhookUrl, String webhookSecret, int requestsPerMinute, boolean teams,
            int eventTypes) {

        /** With accounts that have one event type of every kind. */
        public Settings(String host, int port, String apiKey, String webhookUrl, String webhookSecret, int requestsPerMinute, boolean teams) {
            this(host, port, apiKey, webhookUrl, webhookSecret, requestsPerMinute, teams, 0);
        }
    }

    /**
     * A request that the API was asked, whatever became of it.
     *
     * @param method GET, POST and so on
     * @param path without query; with {@code /eu} where the second region was asked
     * @param query as it was sent; empty if there was none
     * @param headers by lower-case name
     * @param body as text; empty if there was none
     * @param at when it came
     * @param status what it was answered; 0 if it was not
     * @param caller a digest of the key that was sent, by which callers are told apart; empty if none was
     */
    public record RecordedRequest(String method, String path, String query, Map<String, String> headers, String body, Instant at, int status,
            String caller) {

        /** Without headers and query, which can hold a key, and without the body. */
        @Override
        public String toString() {
            return at + " " + caller + " " + method + " " + path + " " + status;
        }
    }

    private final SandboxServer server;

    private Sandbox(SandboxServer server) {
        this.server = server;
    }

    /**
     * Starts a sandbox.
     *
     * @throws IOException if the port can't be listened to, with a message that says so
     */
    public static Sandbox start(Settings settings) throws IOException {
        return start(settings, Clock.systemUTC());
    }

    static Sandbox start(Settings settings, Clock clock) throws IOException {
        return new Sandbox(SandboxServer.start(settings, clock));
    }

    /** @return the port that it listens to */
    public int port() {
        return server.port();
    }

    /** @return where its API v2 begins, such as {@code http://127.0.0.1:8081/v2} */
    public String baseUrl() {
        return server.webUrl() + "/v2";
    }

    /** @return where the API v2 of the second region begins, which knows the keys with {@code _eu_} in them and no others */
    public String euBaseUrl() {
        return server.webUrl() + Region.EU.prefix + "/v2";
    }

    /** @return the API requests since the start or the last reset, the latest last; {@code /_sandbox} is not among them */
    public List<RecordedRequest> requests() {
        return server.requests();
    }

    @Override
    public void close() {
        server.close();
    }
}

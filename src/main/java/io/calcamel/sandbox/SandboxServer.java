package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.sandbox.Api.Asked;
import io.calcamel.sandbox.Faults.Fault;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of the sandbox: one event loop, bodies of limited size, and the faults of the wire. */
final class SandboxServer {

    private static final Logger LOG = LoggerFactory.getLogger(SandboxServer.class);
    private static final int MOST_BYTES = 1024 * 1024;

    private final Sandbox.Settings settings;
    private final Clock clock;
    private final Vertx vertx;
    private final Faults faults = new Faults();
    private final RequestLog log = new RequestLog();
    private final WebhookSender sender;
    private final Control control;
    private HttpServer server;
    /** Set on the thread that starts the sandbox, then on the event loop only. */
    private volatile Api api;

    private SandboxServer(Sandbox.Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(2));
        this.sender = new WebhookSender(vertx, faults);
        this.control = new Control(() -> api, this::reset, faults, log, settings.apiKey());
    }

    static SandboxServer start(Sandbox.Settings settings, Clock clock) throws IOException {
        SandboxServer started = new SandboxServer(settings, clock);
        try {
            started.listen();
            return started;
        } catch (IOException e) {
            started.close();
            throw e;
        }
    }

    private void listen() throws IOException {
        // As Cal.com's own server, it doesn't change to HTTP/2 on a connection without TLS, which clients may well ask for.
        HttpServerOptions options = new HttpServerOptions().setHost(settings.host()).setPort(settings.port()).setReuseAddress(true)
                .setHttp2ClearTextEnabled(false);
        try {
            server = vertx.createHttpServer(options).requestHandler(this::read).listen().toCompletionStage().toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            String cause = e.getCause() == null ? e.toString() : e.getCause().getMessage();
            throw new IOException("The sandbox can't listen to " + settings.host() + ":" + settings.port() + " (" + cause
                    + "). Is the port taken? --port or SANDBOX_PORT chooses another.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while starting", e);
        }
        reset();
    }

    /** Everything as at the start. */
    private void reset() {
        faults.clear();
        log.clear();
        api = new Api(new World(clock, webUrl()), settings, faults, sender);
    }

    int port() {
        return server.actualPort();
    }

    String webUrl() {
        String host = settings.host().equals("0.0.0.0") ? "127.0.0.1" : settings.host();
        return "http://" + host + ":" + port();
    }

    List<Sandbox.RecordedRequest> requests() {
        return log.all();
    }

    void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The sandbox did not stop in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // Reading

    private void read(HttpServerRequest request) {
        if (api == null) {
            request.response().setStatusCode(503).end();
            return;
        }
        Buffer body = Buffer.buffer();
        boolean[] tooLong = {false};
        request.handler(chunk -> {
            tooLong[0] |= body.length() + chunk.length() > MOST_BYTES;
            if (!tooLong[0]) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> handle(request, body.getBytes(), tooLong[0]));
    }

    private void handle(HttpServerRequest request, byte[] body, boolean tooLong) {
        try {
            if (Control.isAskedFor(request.path())) {
                send(request, control.answer(request.method().name(), request.path(), parse(body)));
            } else {
                answerApi(request, body, tooLong);
            }
        } catch (IOException e) {
            send(request, Answer.json(400, Json.object("message", "The body is no JSON")));
        } catch (RuntimeException | Error e) {
            // Even then: whoever waits for an answer without a limit of time would wait for ever.
            LOG.error("The sandbox failed to answer {} {}", request.method(), request.uri(), e);
            send(request, Answer.json(500, Json.object("statusCode", 500, "message", "Internal server error")));
        }
    }

    private static JsonNode parse(byte[] body) throws IOException {
        return body.length == 0 ? null : Json.read(body);
    }

    /** As Cal.com does it: what is not declared as JSON, or as a form, is as if it had not been sent. */
    private static JsonNode parse(byte[] body, String contentType) throws IOException {
        String type = String.valueOf(contentType).toLowerCase(Locale.ROOT);
        if (type.startsWith("application/x-www-form-urlencoded")) {
            ObjectNode form = Json.object();
            query(new String(body, StandardCharsets.UTF_8)).forEach((name, values) -> form.put(name, values.get(0)));
            return form;
        }
        return type.contains("json") ? parse(body) : null;
    }

    private static Asked asked(HttpServerRequest request, JsonNode body) {
        // As the real one rewrites them.
        Region region = Region.at(request.uri());
        String uri = request.uri().substring(region.prefix.length()).replaceFirst("^/api(?=/v[12])", "").replaceFirst("^/v2/ee(?=/)", "/v2");
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        Map<String, String> headers = new HashMap<>();
        // Of a header that is sent twice the values are joined, which makes a version unknown.
        request.headers().forEach(entry -> headers.merge(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue(), (one, other) -> one + ", " + other));
        String address = request.remoteAddress() == null ? "unknown" : request.remoteAddress().hostAddress();
        return new Asked(request.method().name(), region, path, uri, query(question < 0 ? "" : uri.substring(question + 1)), headers, body, address);
    }

    private static Map<String, List<String>> query(String query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                parameters.computeIfAbsent(name, key -> new ArrayList<>()).add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    // Answering

    private void answerApi(HttpServerRequest request, byte[] body, boolean tooLong) {
        JsonNode json = null;
        Answer refused = null;
        try {
            json = tooLong ? null : parse(body, request.getHeader("Content-Type"));
        } catch (IOException e) {
            refused = Refusal.badRequest("Unexpected token in JSON").answer(request.uri(), clock.instant());
        }
        if (tooLong) {
            refused = Refusal.bare(413, "request entity too large").answer(request.uri(), clock.instant());
        }
        Asked asked = asked(request, json);
        String text = new String(body, StandardCharsets.UTF_8);
        if (refused != null) {
            finish(request, asked, text, refused);
            return;
        }
        if (hits(Fault.HANG, asked)) {
            record(asked, text, 0);
            return;
        }
        if (hits(Fault.DROP_CONNECTION, asked)) {
            record(asked, text, 0);
            request.connection().close();
            return;
        }
        int late = faults.milliseconds(Fault.SLOW, asked.method(), asked.fullPath());
        if (late > 0) {
            vertx.setTimer(late, timer -> finish(request, asked, text, answer(asked)));
        } else {
            finish(request, asked, text, answer(asked));
        }
    }

    private boolean hits(Fault fault, Asked asked) {
        return faults.hits(fault, asked.method(), asked.fullPath());
    }

    private Answer answer(Asked asked) {
        if (hits(Fault.TOO_MANY_REQUESTS, asked)) {
            return api.tooManyRequests(asked);
        }
        if (hits(Fault.ERROR, asked)) {
            return Answer.json(500, Json.object("statusCode", 500, "message", "Internal server error"));
        }
        if (hits(Fault.HTML, asked)) {
            return Answer.text(502, "text/html", "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>");
        }
        Answer answer = api.answer(asked);
        boolean spoilt = answer.status() < 300 && hits(Fault.ERROR_AFTER_SUCCESS, asked);
        return spoilt ? Answer.json(500, Json.object("statusCode", 500, "message", "Internal server error")) : answer;
    }

    private void finish(HttpServerRequest request, Asked asked, String body, Answer answer) {
        record(asked, body, answer.status());
        send(request, answer);
    }

    private void record(Asked asked, String body, int status) {
        int question = asked.pathAndQuery().indexOf('?');
        log.add(new Sandbox.RecordedRequest(asked.method(), asked.fullPath(), question < 0 ? "" : asked.pathAndQuery().substring(question + 1),
                Map.copyOf(asked.headers()), body, clock.instant(), status, digest(asked.key())));
    }

    private static void send(HttpServerRequest request, Answer answer) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(answer.status()).putHeader("Access-Control-Allow-Origin", "*");
        if (answer.status() != 204) {
            response.putHeader("X-Request-Id", UUID.randomUUID().toString()).putHeader("ETag", tag(answer.body()));
        }
        answer.headers().forEach(response::putHeader);
        response.end(Buffer.buffer(answer.body()));
    }

    /** A weak tag of length and hash, as Express makes it. */
    private static String tag(byte[] body) {
        String hash = Base64.getEncoder().encodeToString(digest("SHA-1", body));
        return "W/\"" + Integer.toHexString(body.length) + "-" + hash.substring(0, 27) + "\"";
    }

    private static String digest(String key) {
        return key.isEmpty() ? "" : HexFormat.of().formatHex(digest("SHA-256", key.getBytes(StandardCharsets.UTF_8)), 0, 6);
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

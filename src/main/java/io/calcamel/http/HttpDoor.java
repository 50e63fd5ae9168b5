package io.calcamel.http;

import io.vertx.core.Context;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands before the first route on the public port: answers the server's own errors as problem+json, keeps the
 * bytes of webhook bodies as they came, and says 503 while the routes are not there yet or not there any more, and when more requests
 * are at hand than memory is meant for.
 *
 * <p>Without it, Vert.x answers errors in HTML and text, a body that Cal.com labels as a form is parsed into message
 * headers and its signed bytes are lost, and a delivery that arrives during the start gets a 404, which its sender
 * takes for final.
 */
public final class HttpDoor {

    /** The header that tells a webhook route what the sender called the body; the door always sets it itself. */
    public static final String ORIGINAL_CONTENT_TYPE = "X-Original-Content-Type";

    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
    private static final String WEBHOOKS = "/webhooks/*";
    /** A JSON body that somebody's tool calls a form would else be taken apart, and look as if it were missing. */
    private static final String API = "/api/*";
    /** As application.properties says of the server; a larger one is refused, and not kept. */
    private static final long LARGEST_BODY = 1 << 20;
    private static final Set<HttpMethod> BODILESS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final Set<Integer> SERVER_ERRORS = Set.of(400, 401, 403, 404, 405, 406, 413, 414, 415, 431, 500, 503);

    /**
     * What is at hand at most: being read, waiting for a thread, or being answered.
     *
     * @param requests how many requests
     * @param bytes    how many bytes their bodies have together, as their headers say
     * @param calls    how many that are no webhooks have a thread, or wait for one of the server's; the others wait at the door, so that
     *                 webhooks, which are sent once, find a thread free
     */
    public record Limits(int requests, long bytes, int calls) {
    }

    /** A request that is no webhook. */
    private static final class Call {

        private final RoutingContext request;
        private final Context loop;
        private boolean isIn;

        Call(RoutingContext request, Context loop) {
            this.request = request;
            this.loop = loop;
        }
    }

    private final Limits limits;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Deque<Call> waiting = new ArrayDeque<>();
    private int calls;
    private volatile boolean open;
    private volatile boolean takesWebhooks;

    private HttpDoor(Limits limits) {
        this.limits = limits;
    }

    /**
     * Hangs the door into the public server's router.
     *
     * @param context the Camel context whose HTTP server has been started, and whose routes have not
     * @param limits  what it lets in at the same time
     * @return the door, closed
     * @throws IllegalStateException if there is no public HTTP server
     */
    public static HttpDoor hang(CamelContext context, Limits limits) {
        HttpDoor door = new HttpDoor(limits);
        VertxPlatformHttpRouter router = context.getRegistry().findByType(VertxPlatformHttpRouter.class).stream()
                .filter(VertxPlatformHttpRouter::isMainServer)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("camel.server.enabled must be true"));
        // Camel's router is mounted in the server's own, and what no route takes is answered by that one.
        Router root = (Router) router.getServer().getServer().requestHandler();
        SERVER_ERRORS.forEach(status -> root.errorHandler(status, failed -> answer(failed, Problem.ofStatus(status))));
        router.route().order(-200).handler(door::enter).failureHandler(HttpDoor::fail);
        router.route(WEBHOOKS).order(-100).handler(HttpDoor::keepBytes);
        router.route(API).order(-100).handler(HttpDoor::keepBytes);
        return door;
    }

    /** Lets webhooks in, which wait for nobody: every route is there. */
    public void openForWebhooks() {
        takesWebhooks = true;
    }

    /** Lets all requests in. */
    public void open() {
        takesWebhooks = true;
        open = true;
    }

    /** Whether all requests are let in. */
    public boolean isOpen() {
        return open;
    }

    /** How many requests are at hand. */
    public int requests() {
        return requests.get();
    }

    /** Answers 503 from now on: the routes are being taken down. */
    public void close() {
        open = false;
        takesWebhooks = false;
    }

    private void enter(RoutingContext request) {
        boolean isWebhook = request.normalizedPath().startsWith("/webhooks/");
        boolean isOpen = open || takesWebhooks && isWebhook;
        if (!isOpen || !hasRoom(request)) {
            answer(request, Problem.ofStatus(503));
        } else if (!isReadable(request.request())) {
            answer(request, Problem.ofStatus(400));
        } else if (isWebhook) {
            request.next();
        } else {
            queue(new Call(request, request.vertx().getOrCreateContext()));
        }
    }

    private void queue(Call call) {
        call.request.addEndHandler(ended -> next(call));
        boolean isIn;
        synchronized (waiting) {
            isIn = calls < limits.calls();
            call.isIn = isIn;
            if (isIn) {
                calls++;
            } else {
                call.request.request().pause();
                waiting.add(call);
            }
        }
        if (isIn) {
            call.request.next();
        } else {
            call.request.vertx().setTimer(LONGEST_WAIT.toMillis(), late -> turnAway(call));
        }
    }

    /** A call has ended, or was given up: the next one comes in, on its own event loop. */
    private void next(Call ended) {
        Call next;
        synchronized (waiting) {
            if (!ended.isIn) {
                waiting.remove(ended);
                return;
            }
            next = waiting.poll();
            if (next == null) {
                calls--;
                return;
            }
            next.isIn = true;
        }
        next.loop.runOnContext(go -> {
            next.request.next();
            next.request.request().resume();
        });
    }

    private void turnAway(Call call) {
        boolean isWaiting;
        synchronized (waiting) {
            isWaiting = waiting.remove(call);
        }
        if (isWaiting) {
            answer(call.request, Problem.ofStatus(503));
            call.request.request().resume();
        }
    }

    /** Else Vert.x fails where it looks for a route, and the log would have the query in it. */
    private static boolean isReadable(HttpServerRequest request) {
        try {
            request.params();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Takes the room that the request needs, until it is answered or given up. */
    private boolean hasRoom(RoutingContext request) {
        long size = announced(request.request());
        boolean isTooMany = requests.incrementAndGet() > limits.requests();
        boolean isTooMuch = bytes.addAndGet(size) > limits.bytes();
        request.addEndHandler(ended -> {
            requests.decrementAndGet();
            bytes.addAndGet(-size);
        });
        return !isTooMany && !isTooMuch;
    }

    /** Of a body that does not say its length, as much as is taken at most. */
    private static long announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (request.version() == HttpVersion.HTTP_2) {
            // Its frames need no length, nor hold to one.
            return BODILESS.contains(request.method()) ? 0 : LARGEST_BODY;
        }
        if (length == null) {
            return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null ? 0 : LARGEST_BODY;
        }
        try {
            return Math.max(0, Math.min(Long.parseLong(length.strip()), LARGEST_BODY));
        } catch (NumberFormatException e) {
            return LARGEST_BODY;
        }
    }

    private static void fail(RoutingContext request) {
        if (request.failure() instanceof HttpClosedException) {
            return;
        }
        boolean isFault = request.statusCode() >= 500 || request.statusCode() < 400;
        if (isFault && !request.request().isEnded()) {
            // Chunks that are none: that is not known before the body is read.
            answer(request, Problem.ofStatus(400));
            return;
        }
        if (isFault) {
            LOG.error("A request failed outside its route", request.failure());
        }
        answer(request, Problem.ofStatus(request.statusCode()));
    }

    private static void keepBytes(RoutingContext request) {
        String contentType = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
        request.request().headers()
                .set(ORIGINAL_CONTENT_TYPE, contentType == null ? "" : contentType)
                .set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
        request.next();
    }

    private static void answer(RoutingContext request, Problem problem) {
        if (request.response().ended() || request.response().closed()) {
            return;
        }
        request.response()
                .setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.CONTENT_TYPE);
        if (problem.status() == 503) {
            request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        }
        if (problem.status() == 413) {
            // The rest of the body is not read, so the connection can't carry another request.
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        request.response().end(Json.write(problem.toJson()));
    }
}

package io.calcamel.cli;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls a hub over HTTP. Follows no redirect, as Cal.com follows none. */
final class HubClient {

    private final HttpClient http;
    private final Duration answerWithin;

    /**
     * @param connectWithin how long connecting may take
     * @param answerWithin  how long all of it may take, from connecting to the last byte of the answer
     */
    HubClient(Duration connectWithin, Duration answerWithin) {
        // HTTP/1.1, which Cal.com speaks: HTTP/2 would begin with an upgrade request that proxies treat in many ways.
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(connectWithin).build();
        this.answerWithin = answerWithin;
    }

    /**
     * Posts a body.
     *
     * @param url     where to
     * @param headers the request's headers
     * @param body    its bytes
     * @return what the hub answered, whatever its status
     * @throws NoAnswer if there was none
     */
    Answer post(URI url, Map<String, String> headers, byte[] body) throws NoAnswer {
        return call("POST", url, headers, body);
    }

    /**
     * Calls the hub.
     *
     * @param method  the HTTP method
     * @param url     where to
     * @param headers the request's headers
     * @param body    its bytes; null for none
     * @return what the hub answered, whatever its status
     * @throws NoAnswer if there was none
     */
    Answer call(String method, URI url, Map<String, String> headers, byte[] body) throws NoAnswer {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        // The client's own time-out ends with the answer's headers; this one covers its body.
        CompletableFuture<HttpResponse<byte[]>> call = http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response = call.get(answerWithin.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body());
        } catch (TimeoutException e) {
            call.cancel(true);
            throw new NoAnswer(NoAnswer.Cause.SILENT, "no answer within " + answerWithin.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw noAnswer(e.getCause());
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new NoAnswer(NoAnswer.Cause.BROKEN, "interrupted");
        }
    }

    private static NoAnswer noAnswer(Throwable problem) {
        boolean absent = problem instanceof ConnectException || problem instanceof HttpConnectTimeoutException;
        String what = problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
        return new NoAnswer(absent ? NoAnswer.Cause.ABSENT : NoAnswer.Cause.BROKEN, what);
    }

    /**
     * What came back.
     *
     * @param status the HTTP status
     * @param body   the bytes after the headers
     */
    record Answer(int status, byte[] body) {
    }

    /** There was no answer. */
    static final class NoAnswer extends Exception {

        /** Why not. */
        enum Cause {
            /** Nobody listens there. */
            ABSENT,
            /** Somebody listens there and says nothing. */
            SILENT,
            /** The connection broke. */
            BROKEN
        }

        private final Cause why;

        NoAnswer(Cause why, String message) {
            super(message);
            this.why = why;
        }

        Cause why() {
            return why;
        }
    }
}

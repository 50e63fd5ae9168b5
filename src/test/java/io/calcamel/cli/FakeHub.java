package io.calcamel.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Takes deliveries as a hub does: it checks the signature with code of its own and answers 200 or 401. */
final class FakeHub implements AutoCloseable {

    static final String ACCEPTED = "{\"status\":\"accepted\",\"id\":7,\"duplicate\":false}";
    static final String REFUSED = "{\"code\":\"invalid_signature\",\"title\":\"Größe\"}";

    private final HttpServer server;
    private final String secret;
    private final List<Delivery> deliveries = Collections.synchronizedList(new ArrayList<>());

    FakeHub(String secret) throws IOException {
        this.secret = secret;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
    }

    record Delivery(String method, String path, Headers headers, byte[] body) {
    }

    String url() {
        return "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.getAddress().getPort();
    }

    List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    Delivery onlyDelivery() {
        if (deliveries.size() != 1) {
            throw new AssertionError("expected one delivery, not " + deliveries.size());
        }
        return deliveries.get(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Headers headers = exchange.getRequestHeaders();
            deliveries.add(new Delivery(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), headers, body));
            boolean signed = hmac(body).equals(headers.getFirst("X-Cal-Signature-256"));
            byte[] answer = (signed ? ACCEPTED : REFUSED).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(signed ? 200 : 401, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private String hmac(byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            StringBuilder hex = new StringBuilder();
            for (byte each : mac.doFinal(body)) {
                hex.append(String.format("%02x", each));
            }
            return hex.toString();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

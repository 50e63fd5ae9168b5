package io.calcamel.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.http.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request, made of one that a route would take, with something odd in it. The same number makes the same request.
 *
 * @param operation of the OpenAPI document; null where the request is meant for none
 * @param head      whether it is a HEAD request, whose answer has no body
 * @param isHttp    whether it is certain where it ends: else the server may close the connection without a word
 * @param bytes     the whole request
 */
record GeneratedRequest(GeneratedRequest.Operation operation, boolean head, boolean isHttp, byte[] bytes) {

    private static final Pattern HOLE = Pattern.compile("\"@@hole@@\"");
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "G\u00e4T", "A".repeat(60));

    /** What the document says of one operation, with its references resolved. */
    record Operation(String id, String method, String path, List<JsonNode> parameters, List<JsonNode> bodies, boolean isAdministrators, JsonNode responses) {
    }

    /** What there is in the hub: values that parameters and fields of a request may have to reach what is behind the checks. */
    interface World {
        /** Such a value of a parameter or field of an operation with this path; null where the document's example does. */
        String value(String path, String name, Random random);
    }

    /** Makes requests. */
    static final class Generator {

        private final List<Operation> operations;
        private final List<Function<Integer, ObjectNode>> deliveries;
        private final World world;

        Generator(List<Operation> operations, World world) {
            this.operations = operations;
            this.world = world;
            this.deliveries = List.of(n -> Deliveries.created(uid(n), n), n -> Deliveries.confirmed(uid(n), n), n -> Deliveries.requested(uid(n), n), n -> Deliveries.rejected(uid(n), n),
                    n -> Deliveries.rescheduled(uid(n), uid(n - 1), n, "2027-01-12"), n -> Deliveries.cancelled(uid(n), n), n -> Deliveries.rescheduleAsked(uid(n), n),
                    n -> Deliveries.paymentInitiated(uid(n), n), n -> Deliveries.paid(uid(n), n, "ACCEPTED"), n -> Deliveries.noShow(uid(n), n, "zoe.zzseed@example.org", true),
                    n -> Deliveries.moved(uid(n), n, "integrations:zoom"), n -> Deliveries.reassigned(uid(n), n, "tom@example.com"), n -> Deliveries.meeting("MEETING_STARTED", uid(n)),
                    n -> Deliveries.recordingReady(uid(n), n), n -> Deliveries.seatTaken(uid(n), "seat-" + n, "zoe.zzseed@example.org", n),
                    n -> Deliveries.seatCancelled(uid(n), "zoe.zzseed@example.org", n), n -> Deliveries.createdByPhone(uid(n), n));
        }

        private static String uid(int n) {
            return "generated-" + n % 997;
        }

        GeneratedRequest make(long seed, int number) {
            Random random = new Random(seed * 1_000_003 + number);
            Odd odd = new Odd(random);
            int kind = random.nextInt(100);
            if (kind < 20) {
                return delivery(number, random, odd);
            }
            if (kind < 24) {
                return elsewhere(random, odd);
            }
            return kind < 27 ? noHttp(odd) : call(random, odd);
        }

        private GeneratedRequest call(Random random, Odd odd) {
            Operation operation = odd.of(operations);
            // These ask Cal.com several times.
            while (operation.id().startsWith("webhook-receive") || List.of("company-connect", "event-types-sync-command", "company-doctor").contains(operation.id()) && !odd.in(5)) {
                operation = odd.of(operations);
            }
            int changes = odd.in(8) ? 0 : 1 + random.nextInt(2);
            boolean inBody = !operation.bodies().isEmpty() && !odd.in(5);
            String target = target(operation, inBody ? 0 : changes, random, odd);
            byte[] body = operation.bodies().isEmpty() ? odd.in(20) ? latin(odd.value()) : new byte[0] : body(filled(operation, random, odd), inBody ? changes : 0, random, odd);
            StringBuilder headers = new StringBuilder();
            String token = operation.isAdministrators() ? Odd.ADMIN_TOKEN : Odd.API_TOKEN;
            headers.append("Authorization: ").append(odd.in(60) ? odd.of(List.of(odd.inHeader(), "Basic " + odd.inHeader(), "Bearer " + odd.inHeader(), "Bearer")) : "Bearer " + token).append("\r\n");
            for (JsonNode parameter : operation.parameters()) {
                if (parameter.path("in").asText().equals("header") && odd.in(2)) {
                    boolean isOdd = odd.in(3);
                    headers.append(parameter.path("name").asText()).append(": ").append(isOdd ? oddHeader(parameter.path("name").asText(), odd)
                            : parameter.path("name").asText().equals("Idempotency-Key") ? "key-" + random.nextInt(5_000) : parameter.path("example").asText()).append("\r\n");
                }
            }
            String method = odd.in(80) ? odd.of(METHODS) : operation.method();
            return request(method.equals(operation.method()) ? operation : null, method, target, headers, body, random, odd);
        }

        private static String oddHeader(String name, Odd odd) {
            return name.equals("X-Deadline-Ms") ? odd.of(List.of("-1", "0", "1", "1e18", "1000000000000000000", "soon", "", "1.5", "\u00b2", "99999999")) : odd.inHeader();
        }

        private GeneratedRequest delivery(int number, Random random, Odd odd) {
            ObjectNode body = odd.of(deliveries).apply(number - random.nextInt(50) + 50);
            Deliveries.with(body.has("payload") ? body : body.deepCopy().set("payload", body), payload -> payload.findParents("email").forEach(person -> {
                ((ObjectNode) person).put("email", "zoe.zzseed@example.org");
                ((ObjectNode) person).put("name", "Zoe Zzseed");
            }));
            byte[] bytes = body(body, odd.in(8) ? 0 : 1 + random.nextInt(3), random, odd);
            StringBuilder headers = new StringBuilder();
            String signature = HubExtension.sign(Odd.WEBHOOK_SECRET, bytes);
            if (odd.in(10)) {
                signature = odd.of(List.of("", "no-secret-provided", "sha256=", signature.substring(1), signature + "00", odd.inHeader(), "z".repeat(64)));
            }
            headers.append("X-Cal-Signature-256: ").append(odd.in(20) ? "sha256=" : "").append(signature).append("\r\n");
            if (odd.in(3)) {
                headers.append("X-Cal-Webhook-Version: ").append(odd.in(2) ? odd.inHeader() : "2021-10-20").append("\r\n");
            }
            String path = odd.in(30) ? "/webhooks/calcom/" + odd.inUrl() : odd.of(List.of("/webhooks/calcom", "/webhooks/calcom/", "/webhooks/calcom/hooked", "/webhooks/calcom?" + odd.inUrl()));
            Operation operation = operations.stream().filter(one -> one.id().equals(path.matches("/webhooks/calcom/?(\\?.*)?") ? "webhook-receive" : "webhook-receive-company")).findFirst().orElseThrow();
            return request(path.contains("%") || path.contains("..") ? null : operation, "POST", path, headers, bytes, random, odd);
        }

        private GeneratedRequest elsewhere(Random random, Odd odd) {
            String path = odd.of(List.of("/", "/api", "/api/", "/observe/metrics", "/observe/health", "/favicon.ico", "//api//tokens", "/api/../api/tokens", "/webhooks/", "/webhooks/other", "/API/bookings",
                    "/api/bookings/", "*", "", "http://127.0.0.1/api/tokens", "api/tokens", "/?" + "a=b&".repeat(random.nextInt(300)), "/" + odd.inUrl(), "/api/" + odd.inUrl(), "/" + "a/".repeat(random.nextInt(2_500))));
            StringBuilder headers = new StringBuilder("Authorization: Bearer " + odd.of(List.of(Odd.API_TOKEN, Odd.ADMIN_TOKEN)) + "\r\n");
            return request(null, odd.of(METHODS), path, headers, odd.in(3) ? latin(odd.value()) : new byte[0], random, odd);
        }

        private static GeneratedRequest noHttp(Odd odd) {
            String start = "POST /api/bookings HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + Odd.API_TOKEN + "\r\n";
            String raw = odd.of(List.of(odd.bytes(500), "\r\n\r\n", "GET\r\n\r\n", "GET /openapi.json\r\n\r\n", "GET /openapi.json HTTP/1.0\r\n\r\n", "GET /openapi.json HTTP/1.1\r\n\r\n", "GET /openapi.json HTTP/9.9\r\nHost: a\r\n\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", start + "X: y\r\n".repeat(2_500) + "\r\n", start + "X: " + "y".repeat(20_000) + "\r\n\r\n",
                    start + "Content-Length: -1\r\n\r\n{}", start + "Content-Length: 99999999999999999999\r\n\r\n{}", start + "Content-Length: zzseed\r\n\r\n{}", start + "Content-Length: 100\r\n\r\n{}",
                    start + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", start + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                    start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", start + "Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n{}\r\n", start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}",
                    start + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", start + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", start + "Transfer-Encoding: zzseed\r\n\r\n{}",
                    start + " folded: zzseed\r\n\r\n", start + "No colon zzseed\r\n\r\n", start + ": zzseed\r\n\r\n", start + "A\u0000: zzseed\r\n\r\n", start.replace("\r\n", "\n") + "\n", start + "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
                    start + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: zzseed\r\nSec-WebSocket-Version: 13\r\n\r\n", start, start.substring(0, 40), "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + odd.bytes(60)));
            return new GeneratedRequest(null, false, false, latin(raw));
        }

        private static GeneratedRequest request(Operation operation, String method, String target, StringBuilder headers, byte[] body, Random random, Odd odd) {
            boolean isHttp = true;
            Operation known = operation;
            if (odd.in(15)) {
                String more = odd.of(List.of("Accept: " + odd.of(List.of("text/html", "*/*;q=0", "zzseed", ",", "application/json;q=zzseed", "image/*")), "Content-Encoding: gzip", "Content-Encoding: zzseed", "Accept-Encoding: gzip, br;q=x",
                        "Expect: 100-continue", "Expect: zzseed", "X-HTTP-Method-Override: DELETE", "CamelHttpUri: http://127.0.0.1:9/", "CamelSqlQuery: DROP TABLE company", "Camel-zzseed: a", "Cookie: zzseed=zoe.zzseed@example.org",
                        "Range: bytes=0-1", "If-None-Match: *", "X-Forwarded-For: zzseed", "Forwarded: for=zzseed", "Origin: http://zzseed.example", "Connection: close", "Referer: zzseed", "User-Agent: zzseed", "Host: zzseed.example",
                        "X-Original-Content-Type: zzseed", "TE: trailers", "Trailer: zzseed", odd.inHeader().replaceAll("[^a-zA-Z]", "") + "X: " + odd.inHeader()));
                headers.append(more).append("\r\n");
                known = more.startsWith("Accept") || more.startsWith("Expect") ? null : known;
            }
            if (body.length > 0 && !odd.in(4)) {
                headers.append("Content-Type: ").append(odd.in(6) ? odd.of(List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=zzseed", "multipart/form-data", "application/xml", "zzseed", "application/json; charset=utf-99", odd.inHeader()))
                        : "application/json").append("\r\n");
            }
            String text = new String(body, StandardCharsets.ISO_8859_1);
            String framed = odd.in(15) && !text.isEmpty() ? "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n" + text + "\r\n0\r\n\r\n" : "Content-Length: " + body.length + "\r\n\r\n" + text;
            String head = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers;
            // Such as Vert.x answers without a body, or by closing the connection.
            boolean isOutsideOfHttp = !head.matches("(?s)[!-~]+ [!-~]+ HTTP/1.1\r\n([ -~\t\u0080-\u00ff]+\r\n)+") || head.length() > 4_000;
            return new GeneratedRequest(isOutsideOfHttp ? null : known, method.equals("HEAD"), !isOutsideOfHttp, latin(head + framed));
        }

        private String target(Operation operation, int changes, Random random, Odd odd) {
            String path = operation.path();
            List<String> query = new ArrayList<>();
            List<JsonNode> inUrl = operation.parameters().stream().filter(parameter -> !parameter.path("in").asText().equals("header")).toList();
            List<JsonNode> changed = new ArrayList<>();
            for (int i = 0; i < changes && !inUrl.isEmpty(); i++) {
                changed.add(odd.of(inUrl));
            }
            for (JsonNode parameter : inUrl) {
                String name = parameter.path("name").asText();
                String given = world.value(operation.path(), name, random);
                String good = URLEncoder.encode(given != null ? given : parameter.path("example").asText(), StandardCharsets.UTF_8);
                String value = changed.contains(parameter) ? odd.inUrl() : good;
                if (parameter.path("in").asText().equals("path")) {
                    path = path.replace("{" + name + "}", value);
                } else if (parameter.path("required").asBoolean() ? !odd.in(40) : changed.contains(parameter) || odd.in(3)) {
                    query.add(name + "=" + value);
                    if (odd.in(20)) {
                        query.add(name + "=" + odd.inUrl());
                    }
                }
            }
            if (odd.in(20)) {
                query.add(odd.inUrl() + (odd.in(2) ? "=" + odd.inUrl() : ""));
            }
            return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
        }

        /** The document's example, with ids that there are. */
        private JsonNode filled(Operation operation, Random random, Odd odd) {
            JsonNode body = odd.of(operation.bodies()).deepCopy();
            fill(body, operation.path(), random);
            return body;
        }

        private void fill(JsonNode node, String path, Random random) {
            if (node instanceof ObjectNode object) {
                object.properties().forEach(field -> {
                    String value = field.getValue().isContainerNode() ? null : world.value(path, field.getKey(), random);
                    if (value != null) {
                        field.setValue(value.matches("\\d{1,18}") ? object.numberNode(Long.parseLong(value)) : object.textNode(value));
                    }
                });
            }
            node.forEach(child -> fill(child, path, random));
        }

        private static byte[] body(JsonNode good, int changes, Random random, Odd odd) {
            JsonNode body = good;
            List<String> holes = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                if (odd.in(4)) {
                    reshape(body, odd);
                } else {
                    String hole = odd.value();
                    holes.addAll(dig(body, odd) ? List.of(hole) : List.of());
                }
            }
            Matcher hole = HOLE.matcher(new String(Json.write(body).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
            String text = hole.replaceAll(found -> Matcher.quoteReplacement(odd.in(2) || holes.isEmpty() ? odd.value() : odd.of(holes)));
            if (changes == 0 || !odd.in(6)) {
                return latin(text);
            }
            return latin(switch (random.nextInt(13)) {
                case 0 -> text.substring(0, random.nextInt(text.length()));
                case 1 -> odd.bytes(1 + random.nextInt(2_000));
                case 2 -> splice(text, odd.bytes(1 + random.nextInt(5)), random);
                case 3 -> odd.deep(10_000);
                case 4 -> text + odd.of(List.of("}", " ", "\u0000", text, "null", "]"));
                case 5 -> "\u00ef\u00bb\u00bf" + text;
                case 6 -> new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.ISO_8859_1);
                case 7 -> "";
                case 8 -> text.replaceFirst("\\{", Matcher.quoteReplacement("{\"" + odd.name() + "\":" + odd.value() + ","));
                case 9 -> text.replaceFirst("\\{\"([^\"]*)\":", "{\"$1\":" + Matcher.quoteReplacement(odd.value()) + ",\"$1\":");
                case 10 -> odd.value();
                case 11 -> odd.in(10) ? "{\"a\":\"" + "a".repeat(1 << 20) + "\"}" : "[" + text + "]";
                default -> "=" + text + "&" + odd.inUrl();
            });
        }

        private static String splice(String text, String piece, Random random) {
            int at = random.nextInt(text.length());
            return text.substring(0, at) + piece + text.substring(Math.min(text.length(), at + random.nextInt(3)));
        }

        /** Somewhere in the tree, something odd is to come. */
        private static boolean dig(JsonNode tree, Odd odd) {
            List<JsonNode> inner = containers(tree);
            if (inner.isEmpty()) {
                return false;
            }
            JsonNode place = odd.of(inner);
            if (place instanceof ObjectNode object) {
                object.put(odd.of(names(object)), "@@hole@@");
            } else {
                ((ArrayNode) place).set(0, "@@hole@@");
            }
            return true;
        }

        /** A field goes, comes, or is somewhere else. */
        private static void reshape(JsonNode tree, Odd odd) {
            for (JsonNode place : containers(tree)) {
                if (place instanceof ObjectNode object && odd.in(2)) {
                    String name = odd.of(names(object));
                    JsonNode taken = object.remove(name);
                    if (odd.in(2)) {
                        object.set(odd.of(List.of(name.toUpperCase(), name + " ", name.replaceFirst("(.)$", ""), "x" + name)), taken);
                    }
                    return;
                }
            }
        }

        private static List<String> names(ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            return names;
        }

        private static List<JsonNode> containers(JsonNode tree) {
            List<JsonNode> found = new ArrayList<>();
            if (tree.isContainerNode() && !tree.isEmpty()) {
                found.add(tree);
            }
            tree.forEach(child -> found.addAll(containers(child)));
            return found;
        }

        private static byte[] latin(String text) {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** The operations of the OpenAPI document. */
    static List<Operation> operations(JsonNode document) {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                JsonNode operation = method.getValue();
                if (operation.has("operationId")) {
                    List<JsonNode> parameters = new ArrayList<>();
                    operation.path("parameters").forEach(parameter -> parameters.add(resolved(parameter, document)));
                    operations.add(new Operation(operation.path("operationId").asText(), method.getKey().toUpperCase(), path.getKey(), parameters,
                            bodies(resolved(operation.path("requestBody"), document).at("/content/application~1json"), document), operation.path("security").toString().contains("adminToken"), operation.path("responses")));
                }
            }
        }
        return operations;
    }

    private static List<JsonNode> bodies(JsonNode content, JsonNode document) {
        List<JsonNode> bodies = new ArrayList<>();
        content.path("examples").forEach(example -> bodies.add(resolved(example, document).path("value")));
        if (content.path("example").isObject()) {
            bodies.add(content.path("example"));
        }
        if (bodies.isEmpty() && !content.isMissingNode()) {
            ObjectNode body = Json.MAPPER.createObjectNode();
            resolved(content.path("schema"), document).path("properties").fieldNames().forEachRemaining(name -> body.put(name, "a " + Odd.SEED));
            bodies.add(body);
        }
        return bodies;
    }

    private static JsonNode resolved(JsonNode node, JsonNode document) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    /** The request, for a person to read. */
    @Override
    public String toString() {
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^ -~\n]", "?");
        return (operation == null ? "" : operation.id() + ": ") + text.substring(0, Math.min(text.length(), 1_500));
    }
}
